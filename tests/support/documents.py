"""Documents that are understood, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from retarus_pandas.document.document import read_queries
from retarus_pandas.errors import DocumentError
from retarus_pandas.schema.sources import bundled
from retarus_pandas.values import Query

__all__ = ["ask", "refused"]


def ask(text: str, **given: Any) -> Query:
    """The one report that a document asks."""
    (query,) = read_queries(text, **({"schema": bundled()} | given))
    return query


def refused(text: str, **given: Any) -> str:
    """The message with which it is refused."""
    with pytest.raises(DocumentError) as caught:
        ask(text, **given)
    return str(caught.value)
