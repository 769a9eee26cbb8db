"""What came of a click: a message, and the frame that was read."""

from __future__ import annotations

import html

import ipywidgets
import pandas as pd

from retarus_pandas.errors import RetarusError
from retarus_pandas.notebook.explorer.layout import show
from retarus_pandas.read import told_on_a_line
from retarus_pandas.values import Progress

__all__ = ["Outcome"]


class Outcome:
    """The last lines of the explorer; ``message`` and ``result`` are its widgets, hidden at first."""

    def __init__(self) -> None:
        self.message = ipywidgets.HTML(placeholder="")
        self.result = ipywidgets.Output()
        self.result.add_class("retarus-explorer-frame")
        for widget in (self.message, self.result):
            show(widget, shown=False)

    def clear(self) -> None:
        """Take the frame away."""
        self.result.outputs = ()
        show(self.result, shown=False)

    def show(self, line: str, frame: pd.DataFrame) -> None:
        """Show a frame, below the line that says what came."""
        self.say(line)
        shown = {"text/plain": repr(frame), "text/html": frame.to_html(max_rows=20, show_dimensions=True)}
        self.result.outputs = ({"output_type": "display_data", "data": shown, "metadata": {}},)
        show(self.result, shown=True)

    def tell_progress(self, progress: Progress) -> None:
        """Say how far the read is."""
        share = f" · {progress.covered:.0%}" if progress.covered is not None else ""
        self.say(f"{progress.rows:,} rows{share}")

    def tell_error(self, error: Exception) -> None:
        """Say what went wrong, in the words of the cell that is shown above."""
        if isinstance(error, RetarusError):
            text = f"{type(error).__name__}: {told_on_a_line(error)}"
        else:
            text = f"This should not have happened: {type(error).__name__}: {error}"
        self._write(text, role="alert", kind="fault")

    def say(self, text: str) -> None:
        """Say something."""
        self._write(text, role="status", kind="note")

    def _write(self, text: str, *, role: str, kind: str) -> None:
        self.message.value = f'<div class="retarus-explorer-{kind}" role="{role}">{html.escape(text)}</div>'
        show(self.message, shown=True)
