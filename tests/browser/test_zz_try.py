from __future__ import annotations
import json, time
import pytest
from playwright.sync_api import expect
from browser.lab import Notebook

def save_now(notebook):
    return notebook.page.evaluate("""() => {
      const s = testPanel().context; return 1; }""")

@pytest.mark.parametrize("field", ["plain", "linked"])
def test_try(notebook: Notebook, field: str) -> None:
    c = notebook.run(f"""
import ipywidgets as w, traitlets
from retarus_pandas.notebook.secret_field import SecretField
f = SecretField(description="Client Secret")
b = w.Button(description="Save")
if {field!r} == "linked":
    f.add_traits(**{{"value blank": traitlets.Unicode("").tag(sync=True)}})
    g = SecretField()
    links = [w.jsdlink((f, "value"), (g, "value")), w.jsdlink((f, "value blank"), (f, "value"))]
w.VBox([f, b])
""")
    page = notebook.page
    page.evaluate("""() => { window.caught = [];
       testPanel().context.saveState.connect((c, s) => { if (s === 'started') window.caught.push(JSON.stringify(testPanel().context.model.getMetadata('widgets') ?? null)); }); }""")
    inp = c.output.get_by_label("Client Secret")
    # kernel busy
    notebook.start("import time; time.sleep(3)")
    inp.click()
    page.keyboard.type("hunter2secret")
    saved = notebook.save()
    print(field, "typing:", "hunter2secret" in saved)
    page.keyboard.press("Tab")
    saved = notebook.save()
    print(field, "right after blur, kernel busy:", "hunter2secret" in saved, repr(inp.input_value()))
    time.sleep(4)
    saved = notebook.save()
    print(field, "later:", "hunter2secret" in saved, repr(inp.input_value()), inp.get_attribute("placeholder"))
    print(notebook.run("print([x._secret.reveal() for x in ([f, g] if 'g' in globals() else [f])])").output.inner_text())
    inp.click(); page.keyboard.type("second"); page.keyboard.press("Enter"); time.sleep(1)
    print(notebook.run("print([x._secret.reveal() for x in ([f, g] if 'g' in globals() else [f])])").output.inner_text(), repr(inp.input_value()))
