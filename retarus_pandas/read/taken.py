"""Which options each of the reading functions takes; made from the classes in `read.request`."""

from __future__ import annotations

from collections.abc import Mapping

from retarus_pandas.read.option import Option
from retarus_pandas.read.request import Chunking, Exporting, Planning, Reading

__all__ = ["EXPORTING", "OPTIONS", "PIECEWISE", "READING", "SCANNING"]


def _declared(taken: type) -> dict[str, Option]:
    """The options that one of the classes above declares or inherits."""
    return {name: hint.__metadata__[0] for name, hint in taken.__annotations__.items()}


READING: Mapping[str, Option] = _declared(Chunking)
SCANNING: Mapping[str, Option] = _declared(Reading)
PIECEWISE: Mapping[str, Option] = {
    name: option for name, option in SCANNING.items() if name not in {"max_rows", "concurrency", "progress"}
}
EXPORTING: Mapping[str, Option] = _declared(Exporting)
OPTIONS: Mapping[str, Option] = _declared(Planning)
