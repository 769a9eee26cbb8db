"""Words and instants become a span of time, and the span becomes windows."""

from retarus_pandas.period.period import Period, resolve, windows

__all__ = [
    "Period",
    "resolve",
    "windows",
]
