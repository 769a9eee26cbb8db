"""What may keep a read from working, checked one by one; and what nobody outside knows of the service, asked."""

from retarus_pandas.doctor.checks import doctor
from retarus_pandas.doctor.probing import probe_service, told_in_lines, told_of_probe

__all__ = [
    "doctor",
    "probe_service",
    "told_in_lines",
    "told_of_probe",
]
