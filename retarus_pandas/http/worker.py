"""One request, made in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

__all__ = ["in_worker"]

T = TypeVar("T")

# Seconds between two chances for Ctrl-C where waiting for a lock keeps it out.
_LOOK_EVERY = 0.1
# Seconds that one who leaves early waits for the thread.
_FAREWELL = 0.5


def in_worker(act: Callable[[threading.Event], T]) -> T:
    """Call `act` in a daemon thread and wait for what it returns or raises.

    An interrupt then hits a frame that holds no secret, and no traceback of the caller shows the locals of the
    HTTP libraries. The event that `act` is given is set when the caller leaves early.
    """
    stop, done = threading.Event(), threading.Event()
    results: list[T] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            results.append(act(stop))
        except BaseException as error:
            # Whatever it is, the caller waits for it.
            errors.append(error.with_traceback(None))
        finally:
            done.set()

    thread = threading.Thread(target=work, name="retarus-worker", daemon=True)
    thread.start()
    try:
        # Not `join`: where an interrupt strikes in it, Python takes the thread for dead.
        while not done.wait(_LOOK_EVERY):
            pass
    finally:
        stop.set()
        # What is cut ends at once, but a look-up of a name cannot be cut.
        thread.join(_FAREWELL)
    if errors:
        raise errors.pop()
    return results[0]
