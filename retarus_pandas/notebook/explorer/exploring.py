"""The explorer in a shell: what it runs, where the frame goes, and what it remembers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import pandas as pd
from comm import create_comm
from IPython.core.interactiveshell import InteractiveShell

from retarus_pandas.notebook.explorer.choice import Choice
from retarus_pandas.notebook.explorer.explorer import Answer, Explorer
from retarus_pandas.notebook.summary import result_line
from retarus_pandas.read import OPTIONS, in_words_of_a_line, read_retarus
from retarus_pandas.session import known_schema
from retarus_pandas.values import Progress

__all__ = ["INSERT_TARGET", "explorer_for"]

INSERT_TARGET = "retarus_pandas.insert"


class Memory(Protocol):
    """Remembers the last choice, and knows what a cell with such options on its line would read."""

    last_choice: Choice | None

    def arguments(self, words: Sequence[str]) -> dict[str, Any]: ...


def explorer_for(shell: InteractiveShell, memory: Memory) -> Explorer:
    """Make an explorer that stores its frames in this shell and starts from its last choice."""

    def run(choice: Choice, observe: Callable[[Progress], None]) -> tuple[str, pd.DataFrame]:
        # As the cell would that "insert" makes of the same choice; progress shows in the panel in any case.
        arguments = memory.arguments(choice.words) | {"progress": observe}
        frame: pd.DataFrame = read_retarus(choice.document, **arguments)
        shell.push({choice.name: frame})
        facts = {**frame.attrs["retarus"], "columns": frame.shape[1]}
        line = result_line(choice.name, [facts], tz=arguments.get("tz", OPTIONS["tz"].default))
        return in_words_of_a_line(line), frame

    def remember(choice: Choice) -> None:
        memory.last_choice = choice

    return Explorer(known_schema(), memory.last_choice, run=run, remember=remember, insert=_insert)


def _insert(text: str, explorer: str, answer: Answer) -> None:
    """Have a cell put below the explorer, if the frontend has our extension.

    Such a frontend says so when it closes the comm; any other that knows comms closes it without a word. Nobody can
    be waited for: while a click is worked on, the kernel hears nothing else.
    """
    comm = create_comm(target_name=INSERT_TARGET, data={"text": text, "explorer": explorer})
    comm.on_close(lambda message: answer(_was_inserted(message)))


def _was_inserted(closing: Mapping[str, Any]) -> bool:
    return bool((closing["content"].get("data") or {}).get("inserted"))
