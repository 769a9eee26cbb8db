"""One progress bar for a whole read: a widget in a notebook, text in a terminal, nothing where nobody looks."""

from __future__ import annotations

import html
import sys
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from tqdm import tqdm

from retarus_pandas.read.surroundings import Surroundings, here
from retarus_pandas.values import Progress

__all__ = ["Bar", "Observer", "PartOf", "bar", "observer", "told_elsewhere"]

Observer = Callable[[Progress], object]

# A browser cannot show more, and each step costs a message.
_SECONDS_BETWEEN_STEPS = 0.1
# Long enough to be read.
_SECONDS_OF_A_WAIT = 1.0


class _View(Protocol):
    """A place that shows how far a read is."""

    def step(self, covered: float | None, text: str) -> None: ...

    def finish(self, text: str) -> None: ...


class Bar:
    """Tells a view how far a read is, and leaves one line at the end, or none if somebody else will say what came.

    An instance is called with every `Progress` of the read, from any thread, and closed when the read ends,
    however it ends; as a context manager it closes itself.
    """

    def __init__(
        self,
        view: _View | None,
        label: str,
        *,
        leaves_a_line: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._view = view
        self._leaves_a_line = leaves_a_line
        self._label = label
        self._clock = clock
        self._began = clock()
        self._next_step = self._began
        self._rows = 0
        self._finished = False
        self._lock = threading.Lock()
        if view is not None:
            view.step(None, self._prefix("starting …"))

    def __call__(self, progress: Progress) -> None:
        with self._lock:
            self._rows, self._finished = progress.rows, progress.finished
            now = self._clock()
            if self._view is not None and now >= self._next_step:
                self._next_step = now + _SECONDS_BETWEEN_STEPS
                self._view.step(progress.covered, self._prefix(f"{progress.rows:,} rows · {self._rate(now)}"))

    def wait(self, seconds: float, reason: str) -> None:
        """Say that the read waits before it asks again, and why; else the bar would seem to hang."""
        with self._lock:
            if self._view is not None:
                # A step of another thread would wipe it out at once.
                self._next_step = self._clock() + _SECONDS_OF_A_WAIT
                text = f"{self._rows:,} rows · {reason}; asking again in {seconds:.0f} s"
                self._view.step(None, self._prefix(text))

    def close(self) -> None:
        """Replace the bar by its last line. Closing again does nothing."""
        with self._lock:
            view, self._view = self._view, None
            if view is None:
                return
            now = self._clock()
            text = f"{self._rows:,} rows · {now - self._began:.1f} s · {self._rate(now)}"
            if self._finished:
                view.finish(self._prefix(text) if self._leaves_a_line else "")
            else:
                # Before the first row there is an error to be read, and nothing to add to it.
                view.finish(self._prefix(f"stopped after {text}") if self._rows else "")

    def _rate(self, now: float) -> str:
        return f"{self._rows / max(now - self._began, 0.001):,.0f} rows/s"

    def _prefix(self, text: str) -> str:
        return f"{self._label}: {text}" if self._label else text

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Given(Bar):
    """An observer of the caller's; whatever it does is the caller's."""

    def __init__(self, given: Observer) -> None:
        super().__init__(None, "")
        self._given = given

    def __call__(self, progress: Progress) -> None:
        self._given(progress)


class PartOf(Bar):
    """Tells another bar how far a part of its read is.

    Parameters
    ----------
    whole : Bar
        The other bar.
    rows : int
        Rows that came before the part.
    start, end : float
        The share of the whole that was read before the part, and behind it.
    """

    def __init__(self, whole: Bar, rows: int, start: float, end: float) -> None:
        super().__init__(None, "")
        self._whole, self._before, self._start, self._length = whole, rows, start, end - start

    def __call__(self, progress: Progress) -> None:
        covered = None if progress.covered is None else self._start + progress.covered * self._length
        self._whole(Progress(self._before + progress.rows, covered))

    def wait(self, seconds: float, reason: str) -> None:
        self._whole.wait(seconds, reason)


class _QuietTqdm(tqdm):  # type: ignore[type-arg]
    monitor_interval = 0  # else a TMonitor thread is left behind


# The lock tqdm makes by itself is shared between processes, and costs a helper process on some systems.
_QuietTqdm.set_lock(threading.RLock())


class _TextView:
    """A bar of characters."""

    def __init__(self) -> None:
        self._bar = _QuietTqdm(total=1.0, bar_format="{desc}", leave=False, dynamic_ncols=True)

    def step(self, covered: float | None, text: str) -> None:
        self._bar.bar_format = "{desc}" if covered is None else "{percentage:3.0f}% {bar:24} {desc}"
        self._bar.n = min(covered or 0.0, 1.0)
        self._bar.set_description_str(text)

    def finish(self, text: str) -> None:
        self._bar.close()
        if text:
            sys.stderr.write(f"{text}\n")
            sys.stderr.flush()


class _WidgetView:
    """A bar in the output of a cell; at the end the line takes its place, so a saved notebook holds the line only."""

    def __init__(self) -> None:
        import ipywidgets
        from IPython.display import display

        self._bar = ipywidgets.FloatProgress(
            min=0.0, max=1.0, layout={"width": "240px", "height": "16px", "margin": "0 12px 0 0"}
        )
        self._text = ipywidgets.HTML()
        flow = {"align_items": "center", "flex_flow": "row wrap", "overflow": "hidden"}
        self._box = ipywidgets.HBox([self._bar, self._text], layout=flow)
        # A console shows the text of a widget once, and would show how it is made; so does, by the mark, a notebook
        # that is opened again after the kernel died on the way.
        bundle = {**self._box._repr_mimebundle_(), "text/plain": "reading …"}
        self._handle = display(  # type: ignore[no-untyped-call]
            bundle, raw=True, display_id=True, metadata={"retarus_pandas": True}
        )

    def step(self, covered: float | None, text: str) -> None:
        # Without a share there is no bar: an empty one says "stuck", a full one "done".
        self._bar.layout.display = "none" if covered is None else None
        self._bar.value = min(covered or 0.0, 1.0)
        share = f"{covered:.0%} · " if covered is not None else ""
        self._text.value = html.escape(share + text)

    def finish(self, text: str) -> None:
        if self._handle is not None:
            style = "color: var(--jp-ui-font-color2, inherit); font-size: var(--jp-ui-font-size1, 13px)"
            line = f'<div style="{style}">{html.escape(text)}</div>'
            self._handle.update({"text/plain": text, "text/html": line}, raw=True)
        for widget in (self._bar, self._text, self._box):
            widget.close()
            for part in (widget.layout, getattr(widget, "style", None)):
                if part is not None:
                    part.close()


def told_elsewhere(progress: Progress) -> None:
    """Given as ``progress=``, stands for None where who reads says himself what came: no line is left of the bar."""


def bar(label: str = "", *, leaves_a_line: bool = True) -> Bar:
    """Make a progress bar that fits the surroundings and shows itself at once.

    Parameters
    ----------
    label : str, default ""
        What is read, in front of the numbers.
    leaves_a_line : bool, default True
        Whether a line says at the end how much was read.

    Returns
    -------
    Bar
        Call it with each `Progress`; close it at the end.
    """
    return Bar(_WidgetView() if here().is_kernel else _TextView(), label, leaves_a_line=leaves_a_line)


def observer(progress: bool | Observer | None, label: str = "") -> Bar:  # noqa: FBT001 - as the reader takes it
    """Make of a ``progress=`` argument what it asks for.

    Parameters
    ----------
    progress : bool, callable or None
        None shows a bar where somebody looks: a notebook that is not executed by a program, or a terminal.
        True shows it in any case, False does not. A callable is called with each `Progress`.
    label : str, default ""
        What is read.

    Returns
    -------
    Bar
        Call it with each `Progress`, from any thread; close it at the end.
    """
    leaves_a_line = progress is not told_elsewhere
    if callable(progress) and leaves_a_line:
        return _Given(progress)
    wanted = progress if isinstance(progress, bool) else _somebody_looks()
    return bar(label, leaves_a_line=leaves_a_line) if wanted else Bar(None, label)


def _somebody_looks() -> bool:
    where = here()
    if where.is_kernel:
        return where is not Surroundings.UNATTENDED
    return sys.stderr is not None and sys.stderr.isatty()
