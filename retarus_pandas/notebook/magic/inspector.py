"""Shift-Tab in cells of ``%%retarus``. All other cells are left to the kernel, and nothing is ever sent.

A kernel looks for the Python name at the cursor only, so its answer to a frontend's request is what has to be changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from retarus_pandas.notebook.magic.ours import options_begin

__all__ = ["register", "unregister"]

_REQUEST = "do_inspect"


def register(shell: InteractiveShell) -> None:
    """Answer for our cells from now on, where the shell is a kernel's."""
    unregister(shell)
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:
        setattr(kernel, _REQUEST, _Inspect(shell, getattr(kernel, _REQUEST)))


def unregister(shell: InteractiveShell) -> None:
    """Leave everything to the kernel again."""
    kernel = getattr(shell, "kernel", None)
    ours = getattr(kernel, _REQUEST, None)
    if isinstance(ours, _Inspect):
        setattr(kernel, _REQUEST, ours.before)


class _Inspect:
    """The kernel's `do_inspect`, and ours before it; somebody else may have put theirs before both."""

    def __init__(self, shell: InteractiveShell, before: Callable[..., Any]) -> None:
        self._shell, self.before = shell, before

    def __call__(self, code: str, cursor_pos: int, *how: Any, **more: Any) -> Any:
        about = self._about(code, cursor_pos)
        if about is None:
            return self.before(code, cursor_pos, *how, **more)
        data = {"text/plain": about} if about else {}
        return {"status": "ok", "found": bool(about), "data": data, "metadata": {}}

    def _about(self, code: str, cursor: int) -> str | None:
        begin = options_begin(code)
        if begin is None or "retarus" not in self._shell.magics_manager.magics["cell"]:
            return None
        # Loaded on first use, as for completion.
        from retarus_pandas.notebook.magic.offers import about_in_cell

        return about_in_cell(code, begin, cursor)
