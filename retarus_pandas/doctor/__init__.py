"""What may keep a read from working, checked one by one."""

from retarus_pandas.doctor.checks import doctor

__all__ = [
    "doctor",
]
