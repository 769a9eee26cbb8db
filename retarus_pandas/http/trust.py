"""By whose word certificates are trusted."""

from __future__ import annotations

import os
import ssl

__all__ = ["BUNDLE_VARIABLES", "system_trust"]

# As `requests` reads them.
BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def system_trust() -> ssl.SSLContext | None:
    """A context that asks the operating system's store, as pip does; None where a bundle is named, which then decides.

    Networks of companies look into TLS with certificates of their own, which their administrators put into that
    store and not into Python's.
    """
    if any(os.environ.get(name) for name in BUNDLE_VARIABLES):
        return None
    try:
        import truststore
    except ImportError:  # a system that it does not know
        return None
    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
