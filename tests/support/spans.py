"""A session of an embedded service, and a period that ends now."""

from __future__ import annotations

from typing import Any

import pandas as pd

import retarus_pandas as rt
from retarus_pandas.sandbox import Sandbox

__all__ = ["session_for", "span"]


def session_for(box: Sandbox) -> rt.Session:
    """A session that asks this service."""
    return rt.Session(box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url)


def span(days: int, **options: Any) -> dict[str, Any]:
    """The options of a read of so many days up to this minute, with others."""
    end = pd.Timestamp.now(tz="UTC").floor("min")
    return {"start": end - pd.Timedelta(days=days), "end": end, **options}
