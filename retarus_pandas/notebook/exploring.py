"""The explorer in a shell: what it runs, where the frame goes, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import pandas as pd
from comm import create_comm
from IPython.core.interactiveshell import InteractiveShell

from retarus_pandas.notebook.choice import Choice
from retarus_pandas.notebook.explorer import Explorer
from retarus_pandas.notebook.line import cell_options, join_line
from retarus_pandas.options import reading_arguments
from retarus_pandas.reader import read_retarus
from retarus_pandas.session import known_schema
from retarus_pandas.values import Progress

__all__ = ["INSERT_TARGET", "explorer_for"]

INSERT_TARGET = "retarus_pandas.insert"


class Memory(Protocol):
    """Remembers the last choice."""

    last_choice: Choice | None


def explorer_for(shell: InteractiveShell, memory: Memory) -> Explorer:
    """Make an explorer that stores its frames in this shell and starts from its last choice."""

    def run(choice: Choice, observe: Callable[[Progress], None]) -> pd.DataFrame:
        arguments = reading_arguments(cell_options(join_line(choice.words)))
        frame: pd.DataFrame = read_retarus(choice.document, progress=observe, **arguments)
        shell.push({choice.name: frame})
        return frame

    def remember(choice: Choice) -> None:
        memory.last_choice = choice

    return Explorer(known_schema(), memory.last_choice, run=run, remember=remember, insert=_CellInserter())


class _CellInserter:
    """Puts cells below, where the frontend has our extension.

    Such a frontend answers when the comm opens; any other closes it. Nobody can be waited for: while a click is
    worked on, the kernel hears nothing else.
    """

    def __init__(self) -> None:
        self._listens = False
        self._comm: Any = create_comm(target_name=INSERT_TARGET)
        self._comm.on_msg(self._hear)

    def _hear(self, message: object) -> None:
        self._listens = True

    def __call__(self, text: str) -> bool:
        """Insert a cell; False where no frontend listens."""
        if self._listens:
            self._comm.send({"text": text})
        return self._listens
