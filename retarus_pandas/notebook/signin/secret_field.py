"""A password field whose text neither the kernel nor the browser keeps where it could be saved.

The stock widget holds the text in its state, and that is echoed to every frontend, embedded in exported pages
and, if the user so chose, saved with the notebook. The kernel's side of the remedy takes the text out of the
message as it is read. The browser's side must not wait for the kernel, which may be busy: two links
between models, which the browser follows by itself, pass the text on and empty the field's model in one step.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import ipywidgets
from traitlets import Unicode

from retarus_pandas.notebook.signin.incoming import discard, intercept
from retarus_pandas.notebook.widgets import close_all
from retarus_pandas.session import on_sign_in_or_out
from retarus_pandas.values import Secret

__all__ = ["SecretField"]

_ENTERED = "••••••••"

# A link in the browser listens to "change:" + this name, where a blank separates two events: so it follows every
# change of the model, after those who follow the change of one attribute, and the text has been passed on by then.
_BLANK = "blank change"


class _Receiver(ipywidgets.Password):  # type: ignore[misc]
    """Text can be sent to it, and its state is always empty."""

    value = Unicode("").tag(sync=True, echo_update=False, to_json=lambda value, widget: "")

    def __init__(self, keep: Callable[[Secret], None], **settings: Any) -> None:
        super().__init__(continuous_update=False, **settings)
        self._keep = keep
        # What was taken out of a message that has yet to be handled.
        self._taken_out = Secret("")
        intercept(self.model_id, self._take_out)

    def _take_out(self, secret: Secret) -> None:
        self._taken_out = secret

    def session_changed(self) -> None:
        """Forget what was taken out of a message that nobody has handled since: an interrupt may have come between."""
        self._taken_out = Secret("")

    def set_state(self, sync_data: dict[str, Any]) -> None:
        # A kernel whose messages cannot be intercepted brings the text itself.
        secret = Secret.of(sync_data.pop("value", "")) or self._taken_out
        self._taken_out = Secret("")
        super().set_state(sync_data)
        if secret:
            self._keep(secret)
            # For a browser that does not follow links: the answer empties its model.
            self.send_state("value")

    def close(self) -> None:
        if self.comm is not None:
            discard(self.model_id)
        super().close()


class SecretField(_Receiver):
    """The field; `take` hands out what was typed."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(self.keep, **settings)
        self.add_traits(**{_BLANK: Unicode("").tag(sync=True)})
        self._secret = Secret("")
        self._arrived = threading.Event()
        passed_to = _Receiver(self.keep)
        on_sign_in_or_out(self)
        on_sign_in_or_out(passed_to)
        self._helpers = (
            passed_to,
            ipywidgets.jsdlink((self, "value"), (passed_to, "value")),
            ipywidgets.jsdlink((self, _BLANK), (self, "value")),
        )

    def keep(self, secret: Secret) -> None:
        """Hold a secret until it is taken, and show that there is one."""
        self._secret = secret
        # Any change makes the browser draw the field anew, from its empty model; that the same dots are set is none.
        self.placeholder = ""
        self.placeholder = _ENTERED if secret else ""
        self._arrived.set()

    def session_changed(self) -> None:
        """Forget what was typed and never submitted: by now somebody has signed in, or logged out, otherwise."""
        super().session_changed()
        if self._secret:
            self.keep(Secret(""))

    def take(self, seconds: float = 0.0) -> Secret:
        """Hand the secret out and forget it; wait a moment for one that is on its way."""
        self._arrived.wait(seconds)
        secret = self._secret
        self.keep(Secret(""))
        self._arrived.clear()
        return secret

    def close(self) -> None:
        for part in self.__dict__.get("_helpers", ()):
            close_all(part)
        super().close()
