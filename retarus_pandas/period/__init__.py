"""Words and instants become a span of time, and the span becomes windows."""

from retarus_pandas.period.parts import parts
from retarus_pandas.period.period import check_kept, resolve, windows

__all__ = [
    "check_kept",
    "parts",
    "resolve",
    "windows",
]
