"""Who invents the records of which report, and how many of them there are by default."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from retarus_pandas.sandbox.columns import Column
from retarus_pandas.sandbox.draw import Draw, Integers
from retarus_pandas.sandbox.email import email_events, email_out
from retarus_pandas.sandbox.fax import fax_in, fax_out
from retarus_pandas.sandbox.quirks import Quirk
from retarus_pandas.sandbox.sms import sms_in, sms_out
from retarus_pandas.schema import bundled

__all__ = ["DEFAULT_ROWS", "MAKERS", "Maker"]

Make = Callable[[Draw, Integers, str, frozenset[Quirk]], Mapping[str, Column]]


class Maker(NamedTuple):
    """How a report's records are made, how many by default, and which text changes where a record changes."""

    make: Make
    rows: int
    changes: str = ""


MAKERS: Mapping[str, Maker] = {
    "faxInUdrReport": Maker(lambda draw, keys, customer, quirks: fax_in(draw, keys, customer), 6_000, "billingCode"),
    "faxOutUdrReport": Maker(
        lambda draw, keys, customer, quirks: fax_out(draw, keys, customer, per_attempt=Quirk.ROW_PER_ATTEMPT in quirks),
        25_000,
        "jobBillingCode",
    ),
    "smsInUdrReport": Maker(lambda draw, keys, customer, quirks: sms_in(draw, keys, customer), 1_500, "billingCode"),
    "smsOutUdrReport": Maker(lambda draw, keys, customer, quirks: sms_out(draw, keys, customer), 12_000, "billingCode"),
    "transactionalEmailUdrReport": Maker(
        lambda draw, keys, customer, quirks: email_out(draw, keys, customer, by_usage=Quirk.EMAIL_BY_USAGE in quirks),
        15_000,
        "costCenter",
    ),
    "transactionalEmailEventReport": Maker(
        lambda draw, keys, customer, quirks: email_events(draw, keys, customer), 9_000, "userAgent"
    ),
}

# A report without a maker has no records, but can be asked.
DEFAULT_ROWS = {report: MAKERS[report].rows for report in bundled().reports() if report in MAKERS}
