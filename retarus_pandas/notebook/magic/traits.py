"""The defaults of ``%config RetarusMagics``, made from the table of options."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from traitlets import Bool, Dict, Int, TraitError, Unicode, Union

from retarus_pandas.errors import InputError
from retarus_pandas.read import Option
from retarus_pandas.values import show

__all__ = ["checked", "traits"]


def traits(options: Mapping[str, Option]) -> dict[str, Any]:
    """Make a configurable trait for every option that is to have one; empty means that it is not given."""
    return {name: _trait(option).tag(config=True) for name, option in options.items() if option.trait}


def _trait(option: Option) -> Any:
    flag = option.flag
    assert flag is not None
    if flag.is_switch:
        return Bool(not flag.switched, help=option.help)
    if isinstance(flag.value(flag.name, "1"), int):
        return Int(option.default, allow_none=True, help=option.help)
    words = option.default if isinstance(option.default, str) else ""
    if "mapping" in option.takes:
        return Union([Unicode(), Dict()], default_value=words, help=option.help)
    return Unicode(words, help=option.help)


def checked(option: Option, name: str, value: Any) -> Any:
    """Check a value as the reading functions would, so that a mistake shows where it is made, in its words."""
    if value is None or value == "":
        return value
    try:
        option.check(name, value)
    except InputError as error:
        written = f"RetarusMagics.{name} = {show(value)}"
        raise TraitError(
            str(error).replace(f"The option {name}=", f"{name}=").replace(f"{name}={show(value)}", written, 1)
        ) from None
    return value
