"""What is known of a service: by a schema, by a probe, and by what it has answered so far."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retarus_pandas.session.profile import Profile
from retarus_pandas.session.sources import schema_in_environment
from retarus_pandas.values import Addition, Column

if TYPE_CHECKING:
    from retarus_pandas.frame import Learned
    from retarus_pandas.schema import Schema

__all__ = ["Known"]


class Known:
    """Kept with a session, so that each read starts from what those before it found out.

    Parameters
    ----------
    api_url, customer_id : str
        Whose profile is meant, of those that are kept on this computer.
    is_kept : bool
        Whether profiles are kept; that of an embedded service ends with it.

    Attributes
    ----------
    refused : dict
        What the service has refused of all that is added to documents, by report.
    accepted : dict
        What it has answered, of the same, by report: places and names.
    named : dict
        The columns of each report that was asked by its name, where the service's own schema has taken fields away.
    learned : dict
        How the values of a report come, where that is not as the schema says, by the names in its answer.
    """

    def __init__(self, api_url: str, customer_id: str, *, is_kept: bool = True) -> None:
        self.refused: dict[str, tuple[Addition, ...]] = {}
        self.accepted: dict[str, frozenset[tuple[str, str]]] = {}
        self.named: dict[str, tuple[Column, ...]] = {}
        self.learned: dict[tuple[str, ...], Learned] = {}
        self._whose = (api_url, customer_id)
        self._is_kept = is_kept
        self._schema: Schema | None = None
        self._profile: Profile | None = None
        self._is_profile_sought = not is_kept
        self._lock = threading.Lock()

    @property
    def schema(self) -> Schema:
        """The schema in use: that of the environment, else the bundled one, until another is chosen.

        An embedded service has its own.
        """
        from retarus_pandas.schema import bundled

        return self._schema or (schema_in_environment() if self._is_kept else None) or bundled()

    def use_schema(self, schema: Schema | str | Path | Mapping[str, Any] | None) -> None:
        """Use another one: SDL, an introspection result, a file of either; None for the usual."""
        from retarus_pandas.schema import Schema, load

        self.named.clear()
        self._schema = schema if schema is None or isinstance(schema, Schema) else load(schema)

    @property
    def profile(self) -> Profile | None:
        """What a probe found of the service; None if none was made."""
        with self._lock:
            if not self._is_profile_sought:
                self._profile = Profile.load(*self._whose)
            self._is_profile_sought = True
            return self._profile

    def use_profile(self, profile: Profile) -> None:
        """Go by what a probe found."""
        with self._lock:
            self._profile, self._is_profile_sought = profile, True
            if self._is_kept:
                profile.save(*self._whose)
