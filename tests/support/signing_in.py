"""A form of this process, which signs in in a thread of its own."""

from __future__ import annotations

import threading

__all__ = ["wait"]


def wait() -> None:
    """Until the form's thread is done."""
    for thread in threading.enumerate():
        if thread.name == "login":
            thread.join()
