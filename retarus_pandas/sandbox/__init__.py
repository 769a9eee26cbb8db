"""The service, embedded: a token endpoint and a GraphQL endpoint on loopback, with invented records."""

from retarus_pandas.sandbox.box import LIVE_DAYS, Sandbox, serve
from retarus_pandas.sandbox.quirks import Quirk

__all__ = ["LIVE_DAYS", "Quirk", "Sandbox", "serve"]
