"""Putting the cursor into a field, without ever moving it away while the secret is typed.

Where the cursor moves in the middle of a secret, its rest lands in a field that is saved with the notebook. So the
secret's field takes no text before the cursor stands where it should: a browser follows what it is told in order.
"""

from __future__ import annotations

import contextvars
import threading
from typing import Any

__all__ = ["Cursor"]

# Seconds for the browser to say that it has drawn a field; later the cursor is left where somebody may need it.
_DRAWN_BY_THEN = 1.5


class Cursor:
    """The cursor of a form.

    Parameters
    ----------
    secret : widget
        The field that must not lose it.
    """

    def __init__(self, secret: Any) -> None:
        self._secret = secret
        self._is_waiting = False
        self._lock = threading.Lock()

    def put(self, field: Any) -> None:
        """Into a field, at once; the secret's field is off by now if this is another."""
        if field is self._secret:
            self._secret.disabled = False
            field.focus()
        else:
            field.focus()
            self._secret.disabled = False

    def put_once_drawn(self, field: Any) -> None:
        """Into a field as soon as the browser has drawn it; nowhere if that takes long, or `stop` comes first."""
        self._is_waiting = True
        self._secret.disabled = field is not self._secret
        # From zero on the browser counts where it shows a field, and tells. It may be late, where the kernel is busy.
        field._view_count = 0
        field.observe(lambda change: self.put(field) if self.stop() else None, "_view_count")
        timer = threading.Timer(_DRAWN_BY_THEN, contextvars.copy_context().run, [self._give_up])
        timer.daemon = True
        timer.start()

    def stop(self) -> bool:
        """Wait for the browser no longer; returns whether anybody did."""
        with self._lock:
            was_waiting, self._is_waiting = self._is_waiting, False
            return was_waiting

    def _give_up(self) -> None:
        if self.stop():
            self._secret.disabled = False
