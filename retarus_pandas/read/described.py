"""Signatures and docstrings of the reading functions, made from the table of options."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Mapping
from inspect import Parameter, Signature
from typing import Any, ForwardRef, TypeVar

from pandas.api.extensions import no_default

from retarus_pandas.read.option import AS_PANDAS, Option
from retarus_pandas.read.request import Planning

__all__ = ["described", "parameters", "with_options"]

_Function = TypeVar("_Function", bound=Callable[..., Any])

# What stands in a docstring for the options: numpydoc's entry of the keyword arguments.
# Python 3.13 takes away the indentation that all lines of a docstring share.
_ENTRY = re.compile(r"^( *)\*\*options\n(?:\1    .*\n)+", re.MULTILINE)
_WIDTH = 112


def described(options: Mapping[str, Option], *, in_full: bool = False) -> Callable[[_Function], _Function]:
    """Show a function's options one by one where it takes them as ``**options``.

    Parameters
    ----------
    options : mapping
        The options that the function takes.
    in_full : bool, default False
        Whether the docstring describes them, too.
    """

    def describe(function: _Function) -> _Function:
        own = [
            each for each in inspect.signature(function).parameters.values() if each.kind is not Parameter.VAR_KEYWORD
        ]
        plain = [each for each in own if each.name not in options]
        setattr(function, "__signature__", Signature([*plain, *map(_parameter, options.items())]))  # noqa: B010
        if in_full and function.__doc__:
            text = parameters(options)
            function.__doc__ = _ENTRY.sub(lambda match: textwrap.indent(text, match[1]), function.__doc__)
        return function

    return describe


# At the room's door, where the other name is this module's.
with_options = described


def _parameter(item: tuple[str, Option]) -> Parameter:
    name, option = item
    return Parameter(name, Parameter.KEYWORD_ONLY, default=_default(option), annotation=_annotation(name))


def _default(option: Option) -> Any:
    return no_default if option.default is AS_PANDAS else option.default


def _annotation(name: str) -> Any:
    hint = Planning.__annotations__[name].__origin__
    return hint.__forward_arg__ if isinstance(hint, ForwardRef) else hint


def parameters(options: Mapping[str, Option]) -> str:
    """The options as numpydoc has them in a docstring."""
    return "".join(map(_entry, options.items()))


def _entry(item: tuple[str, Option]) -> str:
    name, option = item
    is_empty = option.default in (None, AS_PANDAS)
    end = "optional" if is_empty else f"default {option.default!r}".replace("'", '"')
    about = " ".join(filter(None, [option.help, option.more]))
    return (
        f"{name} : {option.takes}, {end}\n"
        + textwrap.fill(about, _WIDTH - 4, initial_indent=" " * 4, subsequent_indent=" " * 4)
        + "\n"
    )
