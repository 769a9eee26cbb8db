"""Signing in by arguments, by a form, or by questions."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from retarus_pandas.notebook.signin.asking import login, show_login_form
else:
    from retarus_pandas._door import door

    __getattr__ = door(
        __name__,
        {
            "login": "retarus_pandas.notebook.signin.asking",
            "show_login_form": "retarus_pandas.notebook.signin.asking",
        },
    )

__all__ = [
    "login",
    "show_login_form",
]
