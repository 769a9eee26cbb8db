"""All that can be seen of an object or an error without asking a secret for itself."""

from __future__ import annotations

import copy
import dataclasses
import gc
import logging
import pickle
import pprint
import traceback
from collections.abc import Iterator
from contextlib import suppress
from contextvars import ContextVar
from http.client import HTTPMessage
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from IPython.core.formatters import DisplayFormatter

from retarus_pandas.values import Secret

__all__ = ["held_by", "seen_of", "seen_of_error"]

# Of a secret's inside nothing is shown unless it is asked; a kept connection holds the headers of its last answer,
# which the server chose; the others lead to everything there is.
_NOT_ENTERED = (Secret, HTTPMessage, ModuleType, type, BuiltinFunctionType, CodeType, ContextVar, logging.Logger)


def seen_of(value: Any) -> Iterator[str | bytes]:
    """What printing, displaying, copying, pickling and looking inside show."""
    yield from _printed(value)
    yield from _displayed(value)
    yield from _copied(value)
    yield from held_by(value)


def _printed(value: Any) -> Iterator[str]:
    yield from (repr(value), str(value), ascii(value), f"{value}", f"{value!r:>400}", "%s %r" % (value, value))  # noqa: UP031 - one way of printing among others
    yield pprint.pformat(value)
    yield repr(dir(value))
    with suppress(TypeError):
        yield repr(vars(value))
    for name in dir(value):
        with suppress(Exception):
            yield f"{name}={getattr(value, name)!r}"


def _displayed(value: Any) -> Iterator[str]:
    data, metadata = DisplayFormatter().format(value)  # type: ignore[no-untyped-call]
    yield repr((data, metadata))
    for name in ("_repr_html_", "_repr_mimebundle_", "_repr_pretty_", "_rich_repr_", "__rich_repr__", "__rich__"):
        with suppress(Exception):
            yield repr(getattr(value, name)())


def _copied(value: Any) -> Iterator[str | bytes]:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        yield repr((dataclasses.asdict(value), dataclasses.astuple(value)))
    for act in (copy.copy, copy.deepcopy):
        with suppress(TypeError):
            yield repr(act(value))
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with suppress(TypeError, AttributeError, pickle.PicklingError):
            yield pickle.dumps(value, protocol)


def held_by(value: Any) -> Iterator[str | bytes]:
    """Every text that can be reached from an object, attribute by attribute and item by item."""
    seen: dict[int, Any] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, _NOT_ENTERED):
            continue
        seen[id(one)] = one
        if isinstance(one, (str, bytes, bytearray)):
            yield bytes(one) if isinstance(one, bytearray) else one
        elif isinstance(one, FunctionType):
            waiting += [one.__defaults__, one.__kwdefaults__, one.__closure__]
        else:
            waiting += gc.get_referents(one)


def seen_of_error(error: BaseException) -> Iterator[str | bytes]:
    """The texts of an error and of all it came from, and the variables of the frames a debugger can go to."""
    yield from traceback.TracebackException.from_exception(error, capture_locals=False).format()
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        waiting += [one.__cause__, one.__context__, *getattr(one, "exceptions", ())]
        yield from (str(one), repr(one), repr(vars(one)), repr(getattr(one, "__notes__", [])))
        yield from held_by([one.args, vars(one)])
        yield from _seen_in_frames(one)


def _seen_in_frames(error: BaseException) -> Iterator[str | bytes]:
    """The variables of every frame but the caller's own."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        file = frame.f_code.co_filename
        if "retarus_pandas" in file or "site-packages" in file or "/lib/python" in file:
            variables = dict(frame.f_locals)
            yield f"{frame.f_code.co_name}: {variables!r}"
            yield from held_by(variables)
