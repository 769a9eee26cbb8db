"""Words and instants become a span of time, and the span becomes windows."""

from retarus_pandas.period.period import resolve, windows

__all__ = [
    "resolve",
    "windows",
]
