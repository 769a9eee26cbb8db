"""What nobody outside knows of the service, as switches."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from retarus_pandas.errors import InputError

__all__ = ["Quirk", "quirks_of"]


class Quirk(Enum):
    """One way in which the service may differ from what the sandbox does by default.

    Attributes
    ----------
    meaning : str
        One sentence on what the sandbox does when the quirk is on, and what it does otherwise.
    """

    PAST_END_ERROR = "past-end-error", "A page past the end is a GraphQL error, not an empty page."
    PAST_END_LAST = "past-end-last", "A page past the end is the last page again, not an empty page."
    MORE_WHEN_FULL = "more-when-full", "A full page says that more follow, even the last one; an empty page ends it."
    SPAN_EXCLUSIVE = "span-exclusive", "A date period of exactly 45 days is refused; otherwise only a longer one is."
    CLAMP_LIMITS = "clamp-limits", "Spans, histories and page sizes beyond the limits are cut to them, not refused."
    ERRORS_WITH_200 = "errors-with-200", "An invalid document or variable is answered with HTTP 200 instead of 400."
    RULES_WITH_400 = "rules-with-400", "A broken rule of a report is answered with HTTP 400 instead of 200."
    NO_INTROSPECTION = "no-introspection", "Introspection is an error; otherwise it works."
    ROW_PER_ATTEMPT = "row-per-attempt", "Sent faxes have one record for each attempt, not one for the last attempt."
    EMAIL_BY_USAGE = "email-by-usage", "E-mail is selected and sorted by usageCreationTime, not by metaCreationTime."
    EMPTY_TIMESTAMPS = "empty-timestamps", 'A missing timestamp is "" instead of null.'
    NUMERIC_STATUS_CODE = "numeric-status-code", "Status codes are numbers instead of texts."
    EXTRA_FIELDS = "extra-fields", "Records have fields that no documentation names, among them lists and objects."
    ROWS_INSERTED = "rows-inserted", "Every few pages a late record appears in the period that was just asked."
    ROWS_EXPIRED = "rows-expired", "Every few pages the oldest record of the period that was just asked vanishes."
    ROWS_UPDATED = "rows-updated", "Every few pages a record of the period that was just asked changes in one field."
    LATE_DAYS = "late-days", "One record in twenty appears only in the nine days after its key timestamp."
    CHANGED_LATER = "changed-later", "One record in twenty changes in a field in the nine days after its key timestamp."
    WITHDRAWN = "withdrawn", "One record in fifty vanishes in the nine days after its key timestamp."
    ONE_WEEK = "one-week", "All records lie in one working week of the 90 days; otherwise they are spread over them."
    TIES_ANEW = "ties-anew", "Records of one instant come in another order on each request."
    MANY_AT_ONE_INSTANT = "many-at-one-instant", "Records come in bursts: their key timestamps are whole hours."
    STAMPS_FINER = "stamps-finer", "Instants have microseconds, which order records; a period is asked in milliseconds."
    STAMPS_CUT = "stamps-cut", "Instants are shown in seconds, cut off; they are compared in milliseconds."
    STAMPS_ROUNDED = "stamps-rounded", "Instants are shown in seconds, rounded; they are compared in milliseconds."
    PERIOD_END_INCLUDED = "period-end-included", "Records at the end of the date period belong to it."
    PERIOD_BY_DATE = "period-by-date", "The date period is compared by its dates in UTC, both of them included."
    PERIOD_LOCAL_TIME = "period-local-time", "The date period is read as German winter time, an hour too early."
    PERIOD_IGNORED = "period-ignored", "The date period is checked and then ignored."
    SORT_IGNORED = "sort-ignored", "Records come in some order that is the same for each request, and sort is ignored."
    SIZE_CLAMPED = "size-clamped", "A page never has more than 25 records, whatever size is asked."
    FILTERS_ANY_CASE = "filters-any-case", "Filters take capitals for small letters."
    FILTERS_BY_PART = "filters-by-part", "Filters take records whose value has the text in it, not only equal ones."
    ENDS_EARLY = (
        "ends-early",
        "The page after the first is empty and says that it is the last, although the first said that more follow.",
    )
    TRANSIENT_ERRORS = "transient-errors", "Every few pages the answer is an error that asking again cures."
    TWINS = "twins", "One record in twenty is there twice, equal in all its fields."
    KEYS_REPEATED = "keys-repeated", "One record in twenty has the ids of the one before, and its own other fields."
    FIELDS_MISSING = "fields-missing", "Faxes have no attemptSeqNo, and no report takes sort."
    NO_ALIASES = "no-aliases", "A document with an alias is not valid."
    ARGUMENT_TYPES = "argument-types", "customerId is an ID!, page an Int! and size a Long."
    TYPES_RENAMED = "types-renamed", "Types of arguments have other names than those that are documented."

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Quirk:
        quirk = object.__new__(cls)
        quirk._value_ = value
        quirk.meaning = meaning
        return quirk

    @property
    def in_records(self) -> bool:
        """Whether the records themselves are others then, not only what is asked, selected or shown of them."""
        return self in _IN_RECORDS


_IN_RECORDS = frozenset(
    {
        Quirk.ROW_PER_ATTEMPT,
        Quirk.EMAIL_BY_USAGE,
        Quirk.EMPTY_TIMESTAMPS,
        Quirk.NUMERIC_STATUS_CODE,
        Quirk.EXTRA_FIELDS,
        Quirk.ROWS_INSERTED,
        Quirk.LATE_DAYS,
        Quirk.CHANGED_LATER,
        Quirk.WITHDRAWN,
        Quirk.ONE_WEEK,
        Quirk.MANY_AT_ONE_INSTANT,
        Quirk.STAMPS_FINER,
        Quirk.TWINS,
        Quirk.KEYS_REPEATED,
    }
)


def quirks_of(names: Iterable[Quirk | str]) -> frozenset[Quirk]:
    """Take quirks or their names.

    Raises
    ------
    InputError
        There is no such quirk; the message lists those that exist.
    """
    if isinstance(names, str):
        names = (names,)
    known = {quirk.value: quirk for quirk in Quirk}
    chosen = [name if isinstance(name, Quirk) else known.get(name, name) for name in names]
    unknown = [name for name in chosen if not isinstance(name, Quirk)]
    if unknown:
        raise InputError(f"there is no quirk {unknown[0]!r}; the quirks are: {', '.join(known)}")
    return frozenset(quirk for quirk in chosen if isinstance(quirk, Quirk))
