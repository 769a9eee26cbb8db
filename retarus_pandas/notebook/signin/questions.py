"""The widgets of the login form while it asks, and how they look."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import Any

import ipywidgets

from retarus_pandas.notebook.signin.secret_field import SecretField
from retarus_pandas.notebook.widgets import close_all, style_without_kernel
from retarus_pandas.session import Keyring
from retarus_pandas.values import Credentials, Endpoints, Secret

__all__ = ["STYLE", "Questions"]

# With Enter, and with a click on a button, a browser may say so before it says what is in the fields.
_ON_ITS_WAY = 0.4

_GONE = style_without_kernel(
    "retarus-login", "The kernel that showed this form is gone, and its sign-in with it. Run this cell again."
)

STYLE = (
    f"<style>{_GONE}</style>"
    + """<style>
.retarus-login { max-width: 420px; box-sizing: border-box; padding: 12px 16px; border-radius: 4px;
  border: 1px solid var(--jp-border-color2, #bdbdbd); background: var(--jp-layout-color1, transparent); }
.retarus-login, .retarus-login * { box-sizing: border-box; }
.retarus-login .jupyter-widgets.widget-text { flex-direction: column; align-items: stretch; width: auto; height: auto; }
.retarus-login .jupyter-widgets.widget-text > .widget-label { width: auto; max-width: none; text-align: left;
  line-height: 1.6; height: auto; color: var(--jp-ui-font-color1, inherit); }
.retarus-login .jupyter-widgets.widget-text > input { width: 100%; flex: none; font-family: inherit; }
.retarus-login .jupyter-widgets.widget-html > .widget-html-content { line-height: 1.4; overflow-wrap: anywhere;
  color: var(--jp-ui-font-color1, inherit); font-size: var(--jp-ui-font-size1, 13px); }
.retarus-login .jupyter-widgets.widget-html { height: auto; }
.retarus-login-title { font-size: var(--jp-ui-font-size2, 15px); font-weight: 600; }
.retarus-login-hint { color: var(--jp-ui-font-color2, inherit); }
.retarus-login-fault { margin: 6px 0; padding: 6px 10px; white-space: pre-wrap;
  border-left: 3px solid var(--jp-error-color1, #d32f2f);
  background: var(--jp-layout-color2, transparent); }
.retarus-login-note { margin: 6px 0; padding: 6px 10px; white-space: pre-wrap;
  border-left: 3px solid var(--jp-info-color1, #0288d1);
  background: var(--jp-layout-color2, transparent); }
.retarus-login button.jupyter-button { width: auto; flex: none; padding: 0 14px; overflow: visible; }
.retarus-login .jupyter-widgets.widget-checkbox, .retarus-login .widget-checkbox .widget-label-basic {
  width: auto; height: auto; overflow: visible; white-space: normal; text-overflow: clip; line-height: 1.4; }
.retarus-login .widget-checkbox .widget-label-basic { display: flex; gap: 6px; margin-top: 4px; }
.retarus-login .widget-checkbox input { flex: none; margin: 2px 0 0 0; }
.retarus-login button.retarus-login-fold { background: none; box-shadow: none !important; padding: 0; text-align: left;
  color: var(--jp-ui-font-color2, inherit); }
.retarus-login button:focus-visible, .retarus-login input:focus-visible {
  outline: 2px solid var(--jp-brand-color1, #2196f3) !important; outline-offset: 1px; }
.retarus-login.retarus-login-done { max-width: max-content; padding: 4px 16px; }
.retarus-login-line { align-items: center; gap: 12px; overflow: visible; }
.retarus-login-line > .jupyter-widgets.widget-html { flex: 1 1 auto; }
</style>"""
)

_ROW = {"flex_flow": "row wrap", "overflow": "visible", "margin": "8px 0 0 0", "grid_gap": "4px"}


class Questions:
    """Fields and buttons; `rows` are what the form shows.

    ``keyring`` is offered for remembering the login, if there is one; ``is_remembered`` says that it holds one.
    """

    def __init__(
        self, known: Credentials, endpoints: Endpoints, *, keyring: Keyring | None, is_remembered: bool
    ) -> None:
        self.customer_id = _text("Customer ID", known.customer_id)
        self.client_id = _text("Client ID", known.client_id)
        self.secret = SecretField(description="Client Secret", placeholder="")
        self.secret.keep(known.client_secret)
        self.remember = ipywidgets.Checkbox(value=is_remembered, description=_offer(keyring), indent=False)
        self.forget = ipywidgets.Button(
            description="Forget the remembered login", tooltip="Delete it from the keyring of this computer"
        )
        self.api_url = _text("API URL", endpoints.api_url)
        self.token_url = _text("Token URL", endpoints.token_url)
        self.log_in = ipywidgets.Button(description="Log in", button_style="primary")
        self.sandbox = ipywidgets.Button(
            description="Try the sandbox", tooltip="An embedded service with invented records; needs no account"
        )
        self.fold = ipywidgets.ToggleButton(description="Endpoints", tooltip="Show or hide the endpoints")
        self.fold.add_class("retarus-login-fold")
        self._folded = ipywidgets.VBox([self.api_url, self.token_url])
        self._message = ipywidgets.HTML(placeholder="")
        self.rows = self._arrange([self.remember] * (keyring is not None), [self.forget] * is_remembered)
        self.fold.observe(lambda change: self._unfold(), "value")
        self.fold.value = endpoints != Endpoints()
        self._unfold()
        for field in self.missing(known)[:1]:
            # The extension for JupyterLab puts the cursor there.
            field.add_class("retarus-login-first")

    def _arrange(self, remember: list[Any], forget: list[Any]) -> list[Any]:
        title = ipywidgets.HTML(
            f'{STYLE}<div class="retarus-login-title">Sign in to Retarus</div>'
            '<div class="retarus-login-hint">Your Retarus account manager hands out all three; '
            "the sandbox needs none.</div>",
            placeholder="",
        )
        buttons = ipywidgets.HBox([self.log_in, self.sandbox, *forget], layout=_ROW)
        fields = [self.customer_id, self.client_id, self.secret, *remember, self.fold, self._folded]
        return [title, self._message, *fields, buttons]

    def _unfold(self) -> None:
        self.fold.icon = "caret-down" if self.fold.value else "caret-right"
        self._folded.layout.display = None if self.fold.value else "none"

    def on_enter(self, submit: Callable[[], None]) -> None:
        """Call `submit` when Enter is pressed in a field."""

        def listen(field: Any, content: dict[str, Any], buffers: Any) -> None:
            if content.get("event") == "submit":
                submit()

        for field in self._fields():
            field.on_msg(listen)

    def _fields(self) -> list[Any]:
        return [self.customer_id, self.client_id, self.secret, self.api_url, self.token_url]

    def say(self, text: str, *, is_fault: bool = False) -> None:
        """Show a message above the fields, or none."""
        text = f"{text[:1].upper()}{text[1:]}"
        role, kind = ("alert", "fault") if is_fault else ("status", "note")
        shown = f'<div class="retarus-login-{kind}" role="{role}">{html.escape(text)}</div>'
        self._message.value = shown if text else ""

    def set_busy(self, *, busy: bool) -> None:
        """Show that the form works, or that it asks again."""
        for widget in (*self._fields(), self.remember, self.fold, self.log_in, self.sandbox, self.forget):
            widget.disabled = busy
        self.log_in.description = "Logging in …" if busy else "Log in"
        self.log_in.icon = "spinner" if busy else ""

    def ask_again(self, text: str, field: Any = None) -> None:
        """Say what was wrong, with the cursor in the field to correct, or the secret's if the others are filled in.

        A field is only given where all were filled in. Otherwise to no field but the secret's does the kernel move the
        cursor: who types a secret by then would go on typing it there.
        """
        self.set_busy(busy=False)
        self.say(text, is_fault=True)
        if field is not None:
            field.focus()
            return
        typed = Credentials(self.customer_id.value, self.client_id.value, Secret(""))
        if self.missing(typed) == [self.secret]:
            self.secret.focus()

    def take(self) -> tuple[Credentials, Endpoints]:
        """What was typed. With this the form forgets the secret."""
        secret = self.secret.take(_ON_ITS_WAY)
        usual = Endpoints()
        endpoints = Endpoints(
            self.api_url.value.strip() or usual.api_url, self.token_url.value.strip() or usual.token_url
        )
        return Credentials(self.customer_id.value.strip(), self.client_id.value.strip(), secret), endpoints

    def missing(self, credentials: Credentials) -> list[Any]:
        """The fields that were left empty."""
        typed = {
            self.customer_id: credentials.customer_id,
            self.client_id: credentials.client_id,
            self.secret: credentials.client_secret,
        }
        return [field for field, value in typed.items() if not value]

    def close(self) -> None:
        """Remove the widgets from kernel and browser."""
        for row in (self.forget, *self.rows, self.remember):
            close_all(row)


def _offer(keyring: Keyring | None) -> str:
    """What the box says, and where what is kept is not protected."""
    plain = keyring is not None and keyring.is_plain_text
    return "Remember on this computer" + (f" (as plain text: {keyring.name})" if plain and keyring else "")


def _text(label: str, value: str) -> Any:
    return ipywidgets.Text(description=label, value=value, placeholder="")
