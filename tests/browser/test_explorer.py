"""The explorer as a user meets it: in the browser, with the keyboard, from a choice to a frame and a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from retarus_pandas.sandbox import Sandbox
from retarus_pandas.schema.sources import bundled
from support.lab import DARK, IN_ALL_LOOKS, NARROW, Notebook, shoot

pytestmark = pytest.mark.browser

SIZES = {report: len(bundled().known_fields(report)) for report in bundled().reports()}
# So high that all of the explorer is in a picture.
HIGH = 1900


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=60) as running:
        yield running


class Form:
    """The explorer, found by what people see and hear of it."""

    def __init__(self, notebook: Notebook, box: Sandbox) -> None:
        notebook.run(f"import os\nos.environ.update({box.environment})\n%load_ext retarus_pandas")
        self.notebook = notebook
        self.cell = notebook.run("%retarus explore")
        self.panel = self.cell.output.locator(".retarus-explorer")
        self.keyboard = notebook.page.keyboard
        expect(self.field("Report")).to_be_visible()

    def field(self, label: str) -> Locator:
        return self.panel.get_by_label(label, exact=True)

    def button(self, name: str) -> Locator:
        # An icon is part of the name.
        return self.panel.get_by_role("button", name=name)

    def box(self, field: str) -> Locator:
        return self.panel.locator(".widget-checkbox").filter(has=self.panel.page.get_by_text(field, exact=True))

    @property
    def shown(self) -> Locator:
        """The cell that results."""
        return self.panel.locator("pre").first

    def choose(self, report: str) -> None:
        """Choose a report and wait until its fields are there: others have fields of the same names."""
        label = self.field("Report").locator("option").filter(has_text=report).text_content()
        self.field("Report").select_option(label)
        self.expect_fields_of(report)

    def expect_fields_of(self, report: str) -> None:
        expect(self.panel).to_contain_text(f"0 of {SIZES[report]} ticked")

    def tick(self, *fields: str) -> None:
        for field in fields:
            self.field("Fields").fill(field)
            self.box(field).get_by_role("checkbox").check()
        self.field("Fields").fill("")

    def type_into(self, label: str, text: str) -> None:
        self.field(label).focus()
        self.keyboard.type(text)


def test_the_keyboard_is_enough(notebook: Notebook, box: Sandbox) -> None:
    """Report, search, ticks and run without a mouse; the frame is shown and is the notebook's."""
    form = Form(notebook, box)
    form.type_into("Report", "smsIn")
    expect(form.field("Report")).to_have_value("smsInUdrReport · Received SMS")
    form.expect_fields_of("smsInUdrReport")
    form.keyboard.press("Tab")
    form.keyboard.type("smsId")
    expect(form.box("smsId")).to_be_visible()
    expect(form.box("customerId")).to_be_hidden()
    for _ in ("All", "None", "the first field"):
        form.keyboard.press("Tab")
    form.keyboard.press("Space")
    expect(form.shown).to_contain_text("%%retarus frame --last 7D")
    expect(form.shown).to_contain_text("smsId")
    form.field("Period").focus()
    form.keyboard.type("All")
    expect(form.shown).to_contain_text("--last 90D")
    form.button("Run").focus()
    form.keyboard.press("Enter")
    expect(form.panel.get_by_role("status")).to_contain_text("60 rows")
    expect(form.panel.get_by_role("columnheader", name="smsId")).to_be_visible()
    expect(notebook.run("frame.shape").output).to_contain_text("(60, 1)")


def test_a_report_with_spaces_in_the_search_and_a_filter(notebook: Notebook, box: Sandbox) -> None:
    """What a field means can be searched for, and a filter narrows what is read."""
    form = Form(notebook, box)
    form.choose("faxOutUdrReport")
    form.tick("faxId", "statusName")
    form.field("Period").select_option("All 90 days")
    form.button("Add a filter").click()
    form.field("Only where").select_option("statusName")
    form.field("is").fill("OK")
    form.field("Variable").fill("sent")
    expect(form.shown).to_contain_text("%%retarus sent --last 90D --filter statusName=OK")
    form.button("Run").click()
    expect(form.panel.get_by_role("status")).to_contain_text("sent:")
    expect(notebook.run("set(sent['statusName'])").output).to_contain_text("{'OK'}")


def test_pointing_at_a_field_shows_its_type_and_no_markup(notebook: Notebook, box: Sandbox) -> None:
    """Wherever in its line: the innermost title is the one that browsers show."""
    form = Form(notebook, box)
    form.choose("faxOutUdrReport")
    form.box("docPages").scroll_into_view_if_needed()
    place = form.box("docPages").locator(".widget-label-basic").bounding_box()
    assert place is not None
    middle = place["y"] + place["height"] / 2
    for share in (0.15, 0.5, 0.95):
        title = notebook.page.evaluate(
            "([x, y]) => document.elementFromPoint(x, y).closest('[title]').title",
            [place["x"] + share * place["width"], middle],
        )
        assert title.startswith("Int, becomes Int64; ")


def test_a_wrong_period_is_said_in_the_form(notebook: Notebook, box: Sandbox) -> None:
    """In a few words, without a traceback; the choice stays."""
    form = Form(notebook, box)
    form.choose("faxOutUdrReport")
    form.tick("faxId")
    form.field("Period").select_option("A month, quarter or day")
    form.field("Which").fill("last week or so")
    form.button("Run").click()
    expect(form.panel.get_by_role("alert")).to_contain_text("last week or so")
    expect(form.panel).not_to_contain_text("Traceback")
    expect(form.box("faxId").get_by_role("checkbox")).to_be_checked()


def test_the_choice_is_there_again(notebook: Notebook, box: Sandbox) -> None:
    """A second explorer starts from what was chosen in the first."""
    form = Form(notebook, box)
    form.choose("smsOutUdrReport")
    form.tick("smsId")
    expect(form.shown).to_contain_text("smsId")
    again = notebook.run("%retarus explore")
    expect(again.output.get_by_label("Report", exact=True)).to_have_value("smsOutUdrReport · Sent SMS")
    expect(again.output.locator("pre").first).to_contain_text("smsId")


@IN_ALL_LOOKS
def test_the_explorer_can_be_looked_at(
    open_notebook: Callable[..., Notebook], box: Sandbox, theme: str, size: tuple[int, int]
) -> None:
    """At first, with a choice, with its frame, and with an error; the pictures are for people."""
    form = Form(open_notebook(theme=theme, size=(size[0], HIGH)), box)
    look = f"explorer-{'dark' if theme == DARK else 'light'}-{'narrow' if size == NARROW else 'wide'}"
    shoot(form.panel, f"{look}-1-first")
    form.choose("faxOutUdrReport")
    middles = [
        part.evaluate("part => { const place = part.getBoundingClientRect(); return place.y + place.height / 2; }")
        for part in (form.box("docPages").get_by_role("checkbox"), form.box("docPages").locator("code"))
    ]
    assert middles[0] == pytest.approx(middles[1], abs=1)
    arrow = form.field("Report").evaluate("list => getComputedStyle(list).backgroundImage")
    assert ("bdbdbd" in arrow) == (theme == DARK)
    form.tick("faxId", "statusName", "keyTimestamp")
    form.field("Period").select_option("From … to …")
    form.field("From").fill("2020-01-01")
    form.button("Add a filter").click()
    form.field("Only where").select_option("statusName")
    form.field("is").fill("OK")
    form.button("Run").click()
    expect(form.panel.get_by_role("alert")).to_be_visible()
    shoot(form.panel, f"{look}-2-error")
    form.field("Period").select_option("All 90 days")
    form.button("Run").click()
    expect(form.panel.get_by_role("status")).to_contain_text("frame:")
    expect(form.panel.get_by_role("table")).to_be_visible()
    shoot(form.panel, f"{look}-3-frame")
    form.button("All").click()
    expect(form.panel).to_contain_text(f"{SIZES['faxOutUdrReport']} of {SIZES['faxOutUdrReport']} ticked")
    form.button("Run").click()
    expect(form.panel.get_by_role("status")).to_contain_text(f"× {SIZES['faxOutUdrReport']} columns")
    expect(form.panel.get_by_role("columnheader", name="jobBillingCode")).to_be_attached()
    shoot(form.panel, f"{look}-4-all")
    overflow = form.panel.evaluate("panel => panel.scrollWidth - panel.clientWidth")
    assert overflow <= 0
