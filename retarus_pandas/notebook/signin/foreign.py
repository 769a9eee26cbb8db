"""Foreign hosts that are to get a client secret: each is asked about once, because a secret cannot be taken back."""

from __future__ import annotations

__all__ = ["agree", "is_agreed", "warning_of"]

_agreed: set[str] = set()


def is_agreed(host: str) -> bool:
    """Whether somebody was asked and went on."""
    return host in _agreed


def agree(host: str) -> None:
    """Ask about this host no more."""
    _agreed.add(host)


def warning_of(host: str) -> str:
    """What is wrong with it."""
    return f"The client secret would go to {host!r} (the token URL), which is another domain than that of the API."
