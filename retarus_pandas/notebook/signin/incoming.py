"""Taking what is typed into a secret field out of the kernel's messages, before anybody sees them.

A kernel writes incoming messages to its log, the comm package does the same, and both may lead to a cell's output,
depending on levels, loggers and handlers that anybody may set at any time. So the text is taken out where a message
is read: what the kernel then logs, keeps as the parent of its answers, and hands to the widgets has none. Whoever
asked the reading itself to print (``session.debug = True``) gets the message as it is afterwards.
"""

from __future__ import annotations

import pprint
import sys
from collections.abc import Callable
from typing import Any

from retarus_pandas.values import Secret

__all__ = ["discard", "intercept"]

_keepers: dict[str, Callable[[Secret], None]] = {}


class _Reading:
    """Stands in for a kernel session's ``deserialize``."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._deserialize = _silently(session)

    def __call__(self, *args: Any, **options: Any) -> Any:
        message = self._deserialize(*args, **options)
        _take_out(message)
        if self._session.debug and _is_unpacked(message):
            pprint.pprint(message)  # noqa: T203 - asked for by the session's ``debug``
        return message


class _Silent:
    """A kernel session that does not print what it reads: all of the session but its ``debug``.

    Not the session with ``debug`` put off meanwhile, because its threads read at the same time.
    """

    debug = False

    def __init__(self, session: Any) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)


def _silently(session: Any) -> Callable[..., Any]:
    read: Callable[..., Any] = session.deserialize
    function = getattr(read, "__func__", None)
    # What somebody else put there is no method, and prints nothing of its own accord.
    return read if function is None else function.__get__(_Silent(session))


def _is_unpacked(message: Any) -> bool:
    """Whether it was read, and not only looked at for where it goes, which is done before."""
    return isinstance(message, dict) and isinstance(message.get("content"), dict)


def intercept(comm_id: str, keep: Callable[[Secret], None]) -> None:
    """Hand every ``value`` that is sent to this comm to `keep`, and leave an empty text in its place."""
    _keepers[comm_id] = keep
    session = _kernel_session()
    if session is not None and not isinstance(session.deserialize, _Reading):
        session.deserialize = _Reading(session)


def discard(comm_id: str) -> None:
    """Keep nothing more of what is sent to this comm; what arrives late is nobody else's business either."""
    _keepers[comm_id] = lambda secret: None


def _kernel_session() -> Any:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(getattr(shell, "kernel", None), "session", None)


def _take_out(message: Any) -> None:
    content = message.get("content") if isinstance(message, dict) else None
    keep = _keepers.get(content.get("comm_id", "")) if isinstance(content, dict) else None
    data = content.get("data") if keep is not None and isinstance(content, dict) else None
    state = data.get("state") if isinstance(data, dict) else None
    if keep is not None and isinstance(state, dict) and state.get("value"):
        keep(Secret.of(state["value"]))
        state["value"] = ""
