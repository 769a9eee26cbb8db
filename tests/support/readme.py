"""What the README is to say of the reading options."""

from __future__ import annotations

from retarus_pandas.read.option import AS_PANDAS, Option
from retarus_pandas.read.taken import OPTIONS

__all__ = ["parameter_table"]


def parameter_table() -> str:
    """The table of the reading functions' parameters, from the one place where they are declared."""
    head = ["| parameter | default | on a line | meaning |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *(_row(name, option) for name, option in OPTIONS.items())]) + "\n"


def _row(name: str, option: Option) -> str:
    default = "" if option.default in (None, AS_PANDAS) else f"`{option.default!r}`".replace("'", '"')
    flag = f"`{option.flag}`" if option.flag else ""
    return f"| `{name}` | {default} | {flag} | {option.help} |"


if __name__ == "__main__":
    print(parameter_table(), end="")
