"""Words and instants become a span of time, and the span becomes windows."""

from retarus_pandas.period.instants import check_zone, clock_in, read_duration, read_instant
from retarus_pandas.period.parts import parts
from retarus_pandas.period.period import Period, check_kept, resolve, windows

__all__ = [
    "Period",
    "check_kept",
    "check_zone",
    "clock_in",
    "parts",
    "read_duration",
    "read_instant",
    "resolve",
    "windows",
]
