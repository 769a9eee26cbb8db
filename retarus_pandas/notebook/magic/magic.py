"""``%%retarus`` and ``%retarus``, as IPython knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.core.magic import Magics, cell_magic, line_magic, magics_class, no_var_expand
from traitlets import validate
from traitlets.config import Config
from traitlets.utils.bunch import Bunch

from retarus_pandas.errors import InputError, RetarusError
from retarus_pandas.notebook.magic import blanks, commands
from retarus_pandas.notebook.magic import completer as completion
from retarus_pandas.notebook.magic import inspector as inspection
from retarus_pandas.notebook.magic.line import CELL_OPTIONS, cell_options, cell_parser
from retarus_pandas.notebook.magic.traits import checked, traits
from retarus_pandas.notebook.magic.warned import warnings_on_one_line
from retarus_pandas.read import configured, join_line, reading_arguments, told_on_a_line

if TYPE_CHECKING:
    from retarus_pandas.notebook.explorer import Choice

__all__ = ["RetarusMagics", "load", "unload"]

_MANUAL = """Run a GraphQL query on the Retarus reporting API and get a DataFrame.

    %%retarus faxes --period 2026-10 --tz Europe/Berlin --filter statusName=OK
    {{ faxOutUdrReport {{ content {{ faxId jobBillingCode docPages keyTimestamp }} }} }}

With NAME (or NAME <<) the frame is stored and one line says what came; without, the frame is the cell's
result. A body that is only a report's name asks for all its known fields; '%retarus reports' lists them.
A semicolon at the end of the body silences the result.

The period stands on the line: --last 7D, --period 2026-10, or --start and --end (the end is not included).
Quotes group words: --filter jobBillingCode="Pos. 2 Fax". A backslash is a backslash.

A GraphQL variable that the document declares is taken from --var NAME=VALUE, else from the notebook's
variable of that name, converted to its declared type; the result line says which were taken. The customer,
the period, paging and sorting are filled in for you.

Defaults can be set once: '%config RetarusMagics' lists them, e.g. %config RetarusMagics.tz = "Europe/Berlin".
Sign in with '%retarus login'. Secrets are refused on this line, because the history keeps it.

{options}
"""


@magics_class
class RetarusMagics(Magics):
    """The magics and their defaults; see ``%%retarus?``."""

    shell: InteractiveShell
    # What the explorer showed last.
    last_choice: Choice | None = None
    # What %config was last given and does not fit, by name.
    _refused: Mapping[str, str] = MappingProxyType({})

    # Traitlets finds them in the class body only; of a class, locals() is the body itself.
    locals().update(traits(CELL_OPTIONS))

    @validate(*traits(CELL_OPTIONS))
    def _fits(self, proposal: Bunch) -> Any:
        return checked(CELL_OPTIONS[proposal["trait"].name], proposal["trait"].name, proposal["value"])

    def defaults(self) -> dict[str, Any]:
        """What ``%config RetarusMagics`` is set to.

        Raises
        ------
        InputError
            Something does not fit that it was set to last.
        """
        for reason in self._refused.values():
            raise InputError(f"{reason} Set it again.")
        return {name: getattr(self, name) for name in self.class_own_traits(config=True)}

    def update_config(self, config: Config) -> None:
        # IPython logs the error and goes on, and with a mask misspelt the next cell would show what it was to hide.
        given = config.get(type(self).__name__, {})
        others = {name: reason for name, reason in self._refused.items() if name not in given}
        self._refused = {**others, **{name: f"%config RetarusMagics.{name} was refused." for name in given}}
        super().update_config(config)
        self._refused = others

    def arguments(self, words: Sequence[str]) -> dict[str, Any]:
        """What a cell with these options on its line gives to `read_retarus`."""
        return configured(self.defaults()) | reading_arguments(cell_options(join_line(words)))

    @no_var_expand
    @cell_magic("retarus")  # type: ignore[arg-type]  # IPython annotates its decorators for bare use only
    def run_cell(self, line: str, cell: str) -> Any:
        # Loaded on first use: what reads and decodes takes longer to import than a %load_ext should.
        from retarus_pandas.notebook.magic.cell import run_cell

        return run_cell(line, cell, self.shell, self.defaults())

    @no_var_expand
    @line_magic("retarus")  # type: ignore[arg-type]
    def run_line(self, line: str) -> Any:
        with warnings_on_one_line():
            try:
                return commands.run(line, self.shell)
            except RetarusError as error:
                failure = told_on_a_line(error)
        raise failure


# Set here, since a docstring cannot be put together; IPython shows them for ``%%retarus?`` and ``%retarus?``.
setattr(RetarusMagics.run_cell, "__doc__", _MANUAL.format(options=cell_parser().format_help()))  # noqa: B010
setattr(RetarusMagics.run_line, "__doc__", commands.MANUAL)  # noqa: B010


def load(shell: InteractiveShell) -> None:
    """Register the magics with a shell."""
    shell.register_magics(RetarusMagics)
    blanks.register(shell)
    completion.register(shell)
    inspection.register(shell)


def unload(shell: InteractiveShell) -> None:
    """Take the magics, and their defaults in ``%config``, out of a shell again."""
    inspection.unregister(shell)
    completion.unregister(shell)
    blanks.unregister(shell)
    for kind in ("cell", "line"):
        shell.magics_manager.magics[kind].pop("retarus", None)
    instance = shell.magics_manager.registry.pop(RetarusMagics.__name__, None)
    shell.configurables[:] = [one for one in shell.configurables if one is not instance]
