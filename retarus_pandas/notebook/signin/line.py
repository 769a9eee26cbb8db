"""The line that the form turns into: who is signed in, as long as that is so."""

from __future__ import annotations

import contextvars
import html
import threading

import ipywidgets

from retarus_pandas.notebook.display import signed_in_line
from retarus_pandas.notebook.signin.questions import STYLE
from retarus_pandas.session import Session, on_sign_in_or_out

__all__ = ["Line"]

_SECONDS_BETWEEN_LOOKS = 15.0


class Line:
    """A line that follows its session; ``shown`` is the widget.

    Parameters
    ----------
    session : Session
        Who is signed in.
    note : str
        What else is to be said while that is so.
    """

    def __init__(self, session: Session, note: str) -> None:
        self._session, self._note = session, note
        self._ended = threading.Event()
        self.shown = ipywidgets.HTML(placeholder="")
        self._refresh()
        on_sign_in_or_out(self)
        # The context says which cell's output the messages of the thread belong to.
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._follow,), name="login-line", daemon=True).start()

    def session_changed(self) -> None:
        """Say at once what has become of the session."""
        self._refresh()
        if self._session.closed:
            self._ended.set()

    def _follow(self) -> None:
        while not self._ended.wait(_SECONDS_BETWEEN_LOOKS) and self.shown.comm is not None:
            self._refresh()

    def _refresh(self) -> None:
        # A widget sends nothing where nothing has changed.
        self.shown.value = f'{STYLE}<span role="status">{html.escape(self._text())}</span>'

    def _text(self) -> str:
        session = self._session
        if session.closed:
            return f"No longer signed in as customer {session.customer_id}. Run this cell again to sign in."
        line = signed_in_line(session, session.connection.token_at_hand())
        return ". ".join(filter(None, [line, self._note]))
