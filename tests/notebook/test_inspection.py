"""Shift-Tab in a real kernel: what a frontend is told in our cells, and that other cells are left alone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from support.kernels import Kernel, run_kernel


@pytest.fixture(scope="module")
def kernel() -> Iterator[Kernel]:
    with run_kernel() as running:
        running.printed("%load_ext retarus_pandas\ndocPages = 'a text of the notebook'")
        yield running


def said(kernel: Kernel, marked: str) -> str:
    """What a frontend is told where the cell has ``|``; empty where nothing is found."""
    before, _, after = marked.partition("|")
    reply = kernel.inspect(before + after, len(before))
    assert reply["status"] == "ok"
    assert reply["found"] is bool(reply["data"])
    return str(reply["data"].get("text/plain", ""))


@pytest.mark.parametrize("start", ["%%retarus faxes --last 7D\n", "%%time\n%%retarus\n"])
def test_a_frontend_is_told_what_a_field_is(kernel: Kernel, start: str) -> None:
    told = said(kernel, start + "{ faxOutUdrReport { content { doc|Pages } } }")
    assert told.startswith("docPages  Int, becomes Int64")
    assert "Pages of the document." in told
    assert said(kernel, "%%retarus faxes --la|st 7D\nx").startswith("--last 7D\n")


def test_what_is_no_report_is_no_variable_of_the_notebook_either(kernel: Kernel) -> None:
    assert said(kernel, "%%retarus\n{ doc|Pages { x } }") == ""


def test_nobody_is_asked(kernel: Kernel) -> None:
    """Not even who would be signed in by the environment."""
    assert said(kernel, "%%retarus\nfaxOut|UdrReport").startswith("faxOutUdrReport  a report")
    assert "None" in kernel.printed("import retarus_pandas; print(retarus_pandas.current_session())")


@pytest.mark.parametrize(
    "marked", ["doc|Pages", "%%time\ndoc|Pages", "%%bash\ndoc|Pages", "x = '''\n%%retarus\ndoc|Pages"]
)
def test_other_cells_are_the_kernel_s(kernel: Kernel, marked: str) -> None:
    told = said(kernel, marked)
    kernel.printed("%unload_ext retarus_pandas")
    try:
        assert told == said(kernel, marked)
        assert "a text of the notebook" in said(kernel, "doc|Pages")
    finally:
        kernel.printed("%load_ext retarus_pandas")


def test_loaded_twice_and_unloaded_the_kernel_is_as_it_was(kernel: Kernel) -> None:
    look = "print(type(get_ipython().kernel.do_inspect).__name__)"
    kernel.printed("%reload_ext retarus_pandas\n%reload_ext retarus_pandas")
    assert kernel.printed(look).strip() == "_Inspect"
    assert kernel.printed("%unload_ext retarus_pandas\n" + look).strip() == "method"
    assert said(kernel, "%%retarus\n{ faxOutUdrReport { pag|es } }") == ""
    kernel.printed("%load_ext retarus_pandas")


def test_who_came_later_is_not_undone(kernel: Kernel) -> None:
    """Another extension that has put its answer before ours keeps it; ours is silent once it is unloaded."""
    kernel.printed(
        "kernel = get_ipython().kernel\nours = kernel.do_inspect\n"
        "kernel.do_inspect = lambda *how, **more: ours(*how, **more)\n%unload_ext retarus_pandas"
    )
    assert kernel.printed("print(kernel.do_inspect is not ours)").strip() == "True"
    assert said(kernel, "%%retarus\n{ faxOutUdrReport { statusN|ame } }") == ""
    assert "a text of the notebook" in said(kernel, "doc|Pages")
    kernel.printed("del kernel.do_inspect\n%load_ext retarus_pandas")
