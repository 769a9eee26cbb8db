"""The service's own schema, kept on disk for a day: it changes seldom and takes a request to get."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

from platformdirs import user_cache_path

__all__ = ["LIFETIME", "recall", "remember"]

LIFETIME = 24 * 60 * 60.0


def _place(api_url: str) -> Path:
    """One file an endpoint; the name tells nothing of it."""
    name = hashlib.sha256(api_url.encode()).hexdigest()[:32]
    return user_cache_path("retarus_pandas", appauthor=False) / f"schema-{name}.json"


def recall(api_url: str, *, lifetime: float = LIFETIME) -> Mapping[str, Any] | None:
    """Return the introspection answer kept for an endpoint; None if there is none, or it is too old or damaged."""
    place = _place(api_url)
    with suppress(OSError, ValueError):
        if 0 <= time.time() - place.stat().st_mtime < lifetime:
            answer = json.loads(place.read_text(encoding="utf-8"))
            return answer if isinstance(answer, dict) else None
    return None


def remember(api_url: str, answer: Mapping[str, Any]) -> None:
    """Keep an introspection answer; a disk that cannot be written to is no reason to fail."""
    place = _place(api_url)
    part = place.with_name(f"{place.name}.{uuid4().hex}.part")
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            part.write_text(json.dumps(answer), encoding="utf-8")
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
