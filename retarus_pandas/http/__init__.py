"""One request at a time: authorized, retried, bounded and stoppable, with no secret in its errors."""

from retarus_pandas.http.answers import json_object
from retarus_pandas.http.blame import is_passing
from retarus_pandas.http.connection import Connection, connect
from retarus_pandas.http.hosts import Probe, ca_bundle, probe, proxy_to
from retarus_pandas.http.worker import in_worker

__all__ = [
    "Connection",
    "Probe",
    "ca_bundle",
    "connect",
    "in_worker",
    "is_passing",
    "json_object",
    "probe",
    "proxy_to",
]
