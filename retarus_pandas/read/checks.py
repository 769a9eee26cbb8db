"""Checks of what an option was given: each returns the value to go on with, or says what would fit."""

from __future__ import annotations

import operator
import os
from collections.abc import Callable
from typing import Any, NoReturn

from retarus_pandas.errors import InputError
from retarus_pandas.values import lasting, show

__all__ = [
    "Check",
    "account",
    "anything",
    "by_name",
    "folder",
    "observer",
    "one_of",
    "or_none",
    "text",
    "whole_number",
    "zone",
]

_ACCOUNTS = 10**12  # more than there are

Check = Callable[[str, Any], Any]


def anything(name: str, value: Any) -> Any:
    """Let pass whatever it is; who uses it knows better."""
    return value


def by_name(name: str, value: Any) -> Any:
    """Let pass what may be names and their values, such that it can be gone through again."""
    return lasting(value)


def refuse(name: str, value: Any, advice: str) -> NoReturn:
    """Raise what every check raises."""
    raise InputError(f"The option {name}={show(value)} does not fit: {advice}.")


def whole_number(least: int, most: int | None = None, why: str = "") -> Check:
    """A check for a whole number; also one of NumPy's."""
    span = f"of at least {least}" if most is None else f"from {least} to {most:,}"

    def check(name: str, value: Any) -> int:
        try:
            number = operator.index(value)
        except TypeError:
            number = least - 1
        if isinstance(value, bool) or number < least or (most is not None and number > most):
            refuse(name, value, f"give a whole number {span}{why}")
        return number

    return check


def or_none(check: Check) -> Check:
    """A check that lets None pass."""
    return lambda name, value: None if value is None else check(name, value)


def one_of(*choices: str) -> Check:
    """A check for one of a few words."""

    def check(name: str, value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            refuse(name, value, f"choose {' or '.join(map(repr, choices))}")
        return value

    return check


def text(name: str, value: Any) -> str:
    """Check for a text."""
    if not isinstance(value, str):
        refuse(name, value, "give a text")
    return value


def account(name: str, value: Any) -> str | None:
    """A customer ID as text; numbers are taken, since most people write it as one."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _ACCOUNTS:
        return str(value)
    if value is None:
        return None
    if not isinstance(value, str) or len(value.split()) > 1:
        refuse(name, value, "give the number of an account as text")
    return value.strip()


def folder(name: str, value: Any) -> str:
    """Check for the name of a folder; whether there is one is seen when it is opened."""
    path = os.fspath(value) if isinstance(value, str | os.PathLike) else None
    if not isinstance(path, str) or not path:
        refuse(name, value, "give the name of a folder, as a text or a path")
    return path


def zone(name: str, value: Any) -> Any:
    """Check for a time zone."""
    from retarus_pandas.period import check_zone

    check_zone(value)
    return value


def observer(name: str, value: Any) -> Any:
    """Check for what a progress bar is made from."""
    if value is not None and not isinstance(value, bool) and not callable(value):
        refuse(name, value, "give True, False, or a function that is called with each Progress")
    return value
