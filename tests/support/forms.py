"""The login form in a kernel, as a frontend of a few lines knows it."""

from __future__ import annotations

from support.canaries import CLIENT, CUSTOMER
from support.kernels import Kernel, contents

__all__ = ["CLIENT", "CUSTOMER", "Form", "show_form"]


class Form:
    """The form that was shown last, as the frontend knows it."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel

    def part(self, **state: str) -> str:
        return self.kernel.widgets(**state)[-1]

    def says(self, text: str) -> bool:
        return any(text in str(state.get("value")) for state in self.kernel.states.values())

    def fill(self, secret: str) -> None:
        self.kernel.set_state(self.part(description="Customer ID"), value=CUSTOMER)
        self.kernel.set_state(self.part(description="Client ID"), value=CLIENT)
        self.kernel.set_state(self.part(description="Client Secret"), value=secret)

    def press(self, button: str) -> None:
        self.kernel.send_event(self.part(description=button), "click")

    def wait_for(self, text: str) -> None:
        self.kernel.wait_until(lambda: self.says(text))

    def wait_for_the_line(self, *beginning: str, customer: str = CUSTOMER) -> None:
        """Signed in, and the last widget of the questions is gone."""
        self.wait_for(" · ".join([f"Signed in as customer {customer}", *beginning]))
        self.kernel.wait_until(lambda: not self.kernel.widgets(_model_name="CheckboxStyleModel"))


def show_form(kernel: Kernel, call: str = "rt.login()") -> Form:
    messages = kernel.execute(call)
    (shown,) = contents(messages, "display_data")
    assert "application/vnd.jupyter.widget-view+json" in shown["data"]
    assert "RETARUS_CLIENT_SECRET" in shown["data"]["text/plain"]
    return Form(kernel)
