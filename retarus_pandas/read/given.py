"""What a function was given becomes a request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, cast

from retarus_pandas.errors import InputError
from retarus_pandas.read.masking import mask_again
from retarus_pandas.read.option import AS_PANDAS, Option, Part
from retarus_pandas.read.plan import Piece
from retarus_pandas.read.request import Planning
from retarus_pandas.read.taken import OPTIONS

__all__ = ["Request", "request_of"]

# What is the reading process's own business, where all else is the plan's.
_OF_THE_PROCESS = {name for name, option in OPTIONS.items() if option.part in (Part.CALL, Part.FILE)} | {"concurrency"}
_OF_THE_PROCESS -= {"archive"}


@dataclass(frozen=True, slots=True)
class Request:
    """A query and all of its options, checked as far as they can be without a schema.

    Attributes
    ----------
    query : str or pathlib.Path
        As `read_retarus` takes it; of a piece, the one that its plan was made for.
    values : mapping
        Every option, with its default where it was not given; only what pandas has a default for may be missing.
    piece : Piece, optional
        The part of a plan that is asked for.
    """

    query: str | Path
    values: Planning
    piece: Piece | None = None

    def part(self, part: Part) -> dict[str, Any]:
        """The options that one part of the way takes, as keyword arguments."""
        return {name: value for name, value in self.values.items() if OPTIONS[name].part is part}


def request_of(
    function: str, query: str | Path | Piece, given: Mapping[str, Any], taken: Mapping[str, Option]
) -> Request:
    """Check what a function was given, and fill in the defaults.

    Parameters
    ----------
    function : str
        Its name, for the messages.
    query : str, pathlib.Path or Piece
        What is to be read.
    given : mapping
        The options given.
    taken : mapping
        The options that the function takes.

    Raises
    ------
    InputError
        An option does not fit, or the function does not take it.
    TypeError
        There is no such option.
    """
    given = {name: value for name, value in given.items() if not _is_default(name, value)}
    for name in given:
        if name not in taken:
            raise _not_taken(function, name, taken)
    if isinstance(query, Piece):
        # First, since a mask would ask for a key of its own.
        _check_of_piece(given)
    checked = {name: taken[name].check(name, value) for name, value in given.items()}
    if isinstance(query, Piece):
        return _request_of_piece(query, checked)
    defaults = {name: option.default for name, option in OPTIONS.items() if option.default is not AS_PANDAS}
    return Request(query, cast("Planning", defaults | checked))


def _check_of_piece(given: Mapping[str, Any]) -> None:
    for name in given:
        if name not in _OF_THE_PROCESS:
            raise InputError(
                f"The option {name}= belongs to the plan that the piece is from; give it to plan_retarus. With a piece "
                f"go {', '.join(sorted(_OF_THE_PROCESS))}."
            )


def _request_of_piece(piece: Piece, given: Mapping[str, Any]) -> Request:
    origin = piece.origin
    mask = mask_again(origin.options["mask"], origin.mask_mark)
    return Request(origin.query, cast("Planning", {**origin.options, "mask": mask, **given}), piece)


def _is_default(name: str, value: Any) -> bool:
    option = OPTIONS.get(name)
    return option is not None and (value is option.default or (option.default is AS_PANDAS and _is_pandas(value)))


def _is_pandas(value: Any) -> bool:
    from pandas.api.extensions import no_default

    return value is no_default


def _not_taken(function: str, name: str, taken: Mapping[str, Option]) -> Exception:
    if name in OPTIONS:
        return InputError(f"The option {name}= is not taken by {function}: {OPTIONS[name].instead}.")
    close = get_close_matches(name, taken, n=1)
    advice = f"; did you mean {close[0]!r}?" if close else f"; there are: {', '.join(taken)}."
    # As Python itself says it of a function that lists its parameters.
    return TypeError(f"{function}() got an unexpected keyword argument {name!r}{advice}")
