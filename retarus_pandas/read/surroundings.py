"""Where this process runs, as far as it decides how to ask and how to show: notebook, terminal or script."""

from __future__ import annotations

import sys
from enum import Enum
from typing import Any

__all__ = ["Surroundings", "here"]


class Surroundings(Enum):
    """What can be done to reach the user."""

    NOTEBOOK = "a notebook that somebody looks at"
    UNATTENDED = "a notebook that a program executes"
    TERMINAL = "a terminal"
    SCRIPT = "a program without a terminal"

    @property
    def is_kernel(self) -> bool:
        """Whether output goes to cells."""
        return self in (Surroundings.NOTEBOOK, Surroundings.UNATTENDED)


def here() -> Surroundings:
    """Tell the surroundings of the cell or line that is being run."""
    kernel = _kernel()
    if kernel is None:
        return Surroundings.TERMINAL if _is_tty(sys.stdin) else Surroundings.SCRIPT
    # Frontends say with each cell whether they can answer questions; nbconvert and papermill say no.
    return Surroundings.NOTEBOOK if getattr(kernel, "_allow_stdin", True) else Surroundings.UNATTENDED


def _kernel() -> Any:
    """The kernel this process is, None elsewhere; a script must not pay for an import of IPython."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)


def _is_tty(stream: Any) -> bool:
    return stream is not None and not stream.closed and stream.isatty()
