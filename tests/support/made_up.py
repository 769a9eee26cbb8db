"""Where an option shows that is declared in `retarus_pandas.read.request`: run as a program, it prints JSON.

Its one argument is the option's name; the option takes ``one`` or ``two``, and its flag is the name with dashes.
"""

from __future__ import annotations

import contextlib
import inspect
import io
import json
import sys
from collections.abc import Callable
from typing import Any

from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

import retarus_pandas as rt
from retarus_pandas.__main__ import main
from retarus_pandas.errors import InputError
from retarus_pandas.notebook.magic.line import cell_options
from retarus_pandas.read import reading_arguments
from support.readme import parameter_table

_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "read": rt.read_retarus,
    "plan": rt.plan_retarus,
    "export": lambda query, **options: rt.export_retarus(query, "x.csv", **options),
}


def _refusal(function: Callable[..., Any], **options: Any) -> str:
    try:
        function("smsInUdrReport", last="2D", customer_id="1", **options)
    except InputError as error:
        return str(error)
    return ""


def _printed(function: Callable[[], object]) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.suppress(SystemExit):
        function()
    return out.getvalue()


def _shell() -> Any:
    # IPython leaves its methods unannotated.
    config = Config()
    config.HistoryManager.enabled = False
    made: Any = InteractiveShell.instance(config=config)
    made.extension_manager.load_extension("retarus_pandas")
    return made


def _candidates(shell: Any, text: str) -> list[str]:
    with provisionalcompleter():
        return [each.text for each in shell.Completer.completions(text, len(text))]


def _by_config(shell: Any, name: str, value: str) -> str:
    """What a cell says, or the setting itself, when a default is set."""
    magics = shell.magics_manager.registry["RetarusMagics"]
    try:
        setattr(magics, name, value)
    except Exception as error:
        return str(error)
    return str(shell.run_cell_magic("retarus", "--plan --last 2D --customer 1", "smsInUdrReport"))


def look(name: str) -> dict[str, Any]:
    """All the places."""
    flag = f"--{name.replace('_', '-')}"
    shell = _shell()
    return {
        "signatures": [name in inspect.signature(each).parameters for each in (rt.read_retarus, rt.plan_retarus)],
        "signature of export": name in inspect.signature(rt.export_retarus).parameters,
        "docstring": name in str(rt.read_retarus.__doc__),
        "refusals": {way: _refusal(act, **{name: "three"}) for way, act in _FUNCTIONS.items()},
        "line": reading_arguments(cell_options(f"faxes {flag} two")),
        "manual": flag in str(shell.find_cell_magic("retarus").__doc__),
        "shell": flag in _printed(lambda: main(["export", "--help"])),
        "offered": flag in _candidates(shell, "%%retarus --"),
        "values offered": _candidates(shell, f"%%retarus {flag} "),
        "good setting": _by_config(shell, name, "two"),
        "bad setting": _by_config(shell, name, "three"),
        "readme": [line for line in parameter_table().splitlines() if f"`{name}`" in line],
    }


if __name__ == "__main__":
    print(json.dumps(look(sys.argv[1])))
