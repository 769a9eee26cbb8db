"""One measurement, in a process of its own; prints what was measured as JSON.

python -m benchmarks.child read WAY URL PAGES FOLDER
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any


def peak() -> int:
    """The most memory this process ever held, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # what getrusage tells on Linux, a process may have from the one that started it
        [line] = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
        return int(line.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    value = act()
    return time.perf_counter() - began, value


def best(act: Callable[[], Any], times: int) -> float:
    """The fewest seconds of so many tries."""
    return min(timed(act)[0] for _ in range(times))


def read(way: str, url: str, pages: str, folder: str, warm_url: str) -> dict[str, Any]:
    """Read a whole report, after a small one by which everything is loaded."""
    from benchmarks.rivals import WAYS, Task

    act = WAYS[way]
    act(Task(warm_url, 1, Path(folder)))
    before = peak()
    seconds, frame = timed(lambda: act(Task(url, int(pages), Path(folder))))
    size = 0 if frame is None else int(frame.memory_usage(deep=True).sum())
    return {
        "seconds": seconds,
        "grown": peak() - before,
        "size": size,
        "rows": 0 if frame is None else len(frame),
    }


def decode(url: str) -> dict[str, float]:
    """One page's bytes made into a frame, and pages decoded with one thread and with two."""
    import pandas as pd
    import requests
    from benchmarks.rivals import Task, with_instants

    import retarus_pandas as rt
    from retarus_pandas.frame.decode.decoder import Decoder
    from retarus_pandas.frame.shape.dtypes import to_frame

    [report] = rt.plan_retarus("faxOutUdrReport", last="7D", customer_id="99999").reports
    body = requests.post(f"{url}/api", json=next(Task(url, 1).bodies()), timeout=60).content
    decoder = Decoder(report.query)

    def page(_: object = None) -> Any:
        return decoder.page(body, window=report.windows[0], index=0)

    def by_hand() -> None:
        with_instants(pd.json_normalize(json.loads(body)["data"]["faxOutUdrReport"]["content"]))

    def many(threads: int, times: int) -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(page, range(times)))

    return {
        "megabytes": len(body) / 1e6,
        "page": best(page, 9),
        "frame": best(lambda: to_frame([page().rows], report.query.columns), 9),
        "by_hand": best(by_hand, 5),
        "one": best(lambda: many(1, 12), 4),
        "two": best(lambda: many(2, 12), 4),
    }


def small(url: str) -> dict[str, float]:
    """A query of ten rows, and the same bare request, both after the first."""
    import statistics

    import requests
    from benchmarks.rivals import Task

    import retarus_pandas as rt

    task = Task(url, 1)
    [body] = [each for each, _ in zip(task.bodies(), range(1), strict=False)]
    headers = {"Authorization": "Bearer benchmark"}
    with task.session() as session, requests.Session() as plain:
        acts: dict[str, Callable[[], object]] = {
            "ours": lambda: rt.read_retarus("faxOutUdrReport", last="7D", session=session),
            "bare": lambda: plain.post(task.api, json=body, headers=headers, timeout=60).content,
        }
        for act in acts.values():
            act()
        seconds: dict[str, list[float]] = {name: [] for name in acts}
        for _ in range(60):
            for name, act in acts.items():
                seconds[name].append(timed(act)[0])
    return {name: statistics.median(each) for name, each in seconds.items()}


def imports() -> dict[str, float]:
    """Seconds that the import adds to that of pandas, and that the extension adds to a running shell."""
    import pandas as pd  # noqa: F401
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    module = timed(lambda: __import__("retarus_pandas"))[0]
    extension = timed(lambda: shell.run_line_magic("load_ext", "retarus_pandas"))[0]
    return {"import": module, "load_ext": extension}


def cell() -> dict[str, float]:
    """What a cell waits for before anything is sent: its mistakes told, and candidates at its cursor."""
    from IPython.core.completer import provisionalcompleter
    from IPython.core.interactiveshell import InteractiveShell

    from retarus_pandas.document.document import mistakes
    from retarus_pandas.schema.sources import bundled

    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "retarus_pandas")
    wrong = "query ($n: Int) { faxOutUdrReport(sort: UP) { content { faxIdd docPages { x } } } }"
    text = "%%retarus faxes --last 7D\n{ faxOutUdrReport { content { faxId job"

    def candidates() -> list[Any]:
        with provisionalcompleter():
            return list(shell.Completer.completions(text, len(text)))

    assert mistakes(wrong, schema=bundled())
    assert candidates()
    return {"mistakes": best(lambda: mistakes(wrong, schema=bundled()), 30), "candidates": best(candidates, 30)}


def sandbox() -> dict[str, float]:
    """A full page of the embedded service, from request to last byte."""
    import requests

    import retarus_pandas as rt

    with (
        rt.sandbox.Sandbox(rows={"faxOutUdrReport": 25_000}) as box,
        rt.Session(
            box.customer_id, box.client_id, box.client_secret, api_url=box.api_url, token_url=box.token_url
        ) as session,
    ):
        token = session.sign_in().secret.reveal()
        [report] = rt.plan_retarus("faxOutUdrReport", last="40D", session=session).reports
        body = report.query.request(report.windows[0], 0, 10_000)
        headers = {"Authorization": f"Bearer {token}"}

        def ask() -> requests.Response:
            return requests.post(box.api_url, json=body, headers=headers, timeout=60)

        rows = len(ask().json()["data"]["faxOutUdrReport"]["content"])
        return {"rows": rows, "seconds": best(ask, 5)}


def contradictions() -> dict[str, Any]:
    """What it costs when a service is not quite what its schema says."""
    from benchmarks.contradictions import VARIANTS, measure

    return {name: [reach, ratio] for name, reach, ratio, _ in measure([*VARIANTS], pages=12, runs=3)}


WHAT: dict[str, Callable[..., dict[str, Any]]] = {
    "read": read,
    "decode": decode,
    "small": small,
    "imports": imports,
    "cell": cell,
    "sandbox": sandbox,
    "contradictions": contradictions,
}


if __name__ == "__main__":
    print(json.dumps(WHAT[sys.argv[1]](*sys.argv[2:])))
