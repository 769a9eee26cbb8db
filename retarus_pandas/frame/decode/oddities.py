"""What becomes of every oddity an answer can show: one table, and the notes it leads to."""

from __future__ import annotations

from collections.abc import Container, Iterable, MutableMapping
from enum import Enum

from retarus_pandas.errors import BrokenAnswerError, IncompleteRead, ResultError, RetarusError, SchemaMismatchError
from retarus_pandas.values import plain

__all__ = ["Notes", "Oddity", "Path", "place"]

Path = tuple[str, ...]

_LONGEST = 200


class Oddity(Enum):
    """The table: what is odd, and whether it ends the read (an error) or is told (None) beside the kept value.

    Not listed, because nothing is lost and nobody needs to know: ``1.0`` or ``1e3`` for an Int is that integer,
    ``""`` for an instant is null, an offset is converted to UTC, a key missing from a record is null.
    """

    # The body: asking again may help.
    EMPTY = BrokenAnswerError, "The answer is empty"
    NOT_UTF8 = BrokenAnswerError, "The answer is not UTF-8: {}"
    HTML = BrokenAnswerError, "The answer is a page of HTML or XML, as proxies send them, not JSON"
    NOT_JSON = BrokenAnswerError, "The answer is not JSON, or was cut short: {}"
    NOT_AN_OBJECT = BrokenAnswerError, "The answer is JSON but {}, not an object"
    TOO_DEEP = BrokenAnswerError, "The answer is nested too deeply to be a report"
    TWICE = BrokenAnswerError, "The answer names {} twice in one object, so one of the two would be lost"
    CONSTANT = BrokenAnswerError, "The answer holds {}, which is not JSON"
    NEITHER = BrokenAnswerError, "The answer has neither data nor errors, so it is not from a GraphQL service"
    # The way to the rows: asking again would give the same.
    NOT_THERE = ResultError, "The service sent {} and gave no reason"
    MORE_UNKNOWN = ResultError, "The service does not say whether more pages follow: {}"
    OTHER_PAGE = IncompleteRead, "The service answered with another page than the one asked: {}"
    SHAPE = SchemaMismatchError, "{}; load the service's own schema, or leave the field out"
    # Values: kept, and told.
    NO_CONTENT = None, "{} in place of the records; what came beside it is kept"
    NULL_ROW = None, "a record is null; it is kept as a row of nulls"
    UNKNOWN_FIELD = None, "the service sent a field nobody asked for; it is ignored"
    TEXT_OF = None, "{} where text is declared; its JSON text is kept"
    CONTRADICTION = None, "{} where {} is declared; the column becomes {}"
    EXACT = (
        None,
        "a number that nobody declares, {}; its digits are kept, as decimal.Decimal among numbers",
    )
    WRAPPED = None, "{} where {} is declared; the column holds lists"
    ABSENT = None, "no record has this field, although it was asked for; its values are null"
    NO_IDENTITY = None, "null where ID! is declared; such a record cannot be told from another by it"
    SURROGATE = None, "half of a surrogate pair; it is replaced by U+FFFD"
    NOT_AN_INSTANT = None, "{} is not an instant; the column becomes text"
    NO_ZONE = None, "an instant without a zone, {}; it is read as UTC"
    LEAP_SECOND = None, "a leap second, {}; it becomes the second after it"
    TOO_FINE = None, "an instant finer than a microsecond, {}; the rest is cut off"

    def __init__(self, error: type[RetarusError] | None, text: str) -> None:
        self.error = error
        self.text = text

    def tell(self, *details: object) -> str:
        """The sentence, with its details."""
        return self.text.format(*details)

    def exception(self, *details: object) -> RetarusError:
        """The exception, ready to be raised."""
        assert self.error is not None
        return self.error(self.tell(*details))


def place(path: Path) -> str:
    """A field's path as a person writes it; a service may send any name."""
    return plain(".".join(path[1:] if path[:1] == ("data",) else path), _LONGEST)


class Notes:
    """The notes of one page.

    ``said`` is shared by the pages of a read, so that the same oddity is told in the same words on each page
    although its example differs: whoever collects the notes sees one. Of a field at a ``hidden`` path no example is
    given.
    """

    def __init__(self, said: MutableMapping[tuple[Path, Oddity], str], hidden: Container[Path] = ()) -> None:
        self._said = said
        self._hidden = hidden
        self._notes: dict[str, None] = {}

    def add(self, path: Path, oddity: Oddity, *details: object) -> None:
        """Tell of an oddity at a field; what is said of the value comes first among the details."""
        if path in self._hidden:
            details = ("a masked value", *details[1:])
        text = f"{place(path)}: {oddity.tell(*details)}"
        self._notes[self._said.setdefault((path, oddity), text)] = None

    def add_all(self, path: Path, names: Iterable[str], oddity: Oddity) -> None:
        """Tell of an oddity at several fields of one object."""
        for name in sorted(names):
            self.add((*path, name), oddity)

    def tells(self, path: Path, oddity: Oddity) -> bool:
        """Whether they tell of an oddity at a field."""
        return self._said.get((path, oddity)) in self._notes

    def was_told(self, path: Path, oddity: Oddity) -> bool:
        """Whether any page's notes told of it."""
        return (path, oddity) in self._said

    def texts(self) -> tuple[str, ...]:
        """All that was told, in order and once."""
        return tuple(self._notes)
