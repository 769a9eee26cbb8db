"""Words of a line that are none of its options, nor a value of one, and what was meant by them."""

from __future__ import annotations

import re
from argparse import Action
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches

from retarus_pandas.errors import InputError
from retarus_pandas.read.splitting import join_line

__all__ = ["refuse_secrets", "stray"]

_SECRET_WORDS = ("secret", "password", "token")
_NUMBER = re.compile(r"-\d+|-\d*\.\d+")


def stray(words: Sequence[str], actions: Sequence[Action]) -> str:
    """Say what is wrong with the first word that fits nowhere; empty where all do.

    Parameters
    ----------
    words : sequence of str
        The line, in words.
    actions : sequence of argparse.Action
        The options and arguments that there are.

    Raises
    ------
    InputError
        A word without dashes carries a secret; the message does not repeat it.
    """
    return _Line(words, actions).complaint()


class _Line:
    """The words of a line, held against what can stand there."""

    def __init__(self, words: Sequence[str], actions: Sequence[Action]) -> None:
        self._words = words
        self._options: Mapping[str, Action] = {flag: each for each in actions for flag in each.option_strings}
        self._places = [each for each in actions if not each.option_strings]
        # What follows a command is the command's own.
        self._has_commands = any(isinstance(each.choices, Mapping) for each in self._places)

    def complaint(self) -> str:
        loose: list[int] = []
        for at in self._beside_options():
            if _is_option(self._words[at]):
                return self._no_option(self._words[at].partition("=")[0])
            loose.append(at)
            if self._has_commands:
                break
        too_many = len(loose) > len(self._places)
        self._refuse_secrets(loose, too_many=too_many)
        said = (self._without_dashes(at, too_many=too_many) for at in loose)
        return (
            self._apart()
            or next(filter(None, said), "")
            or self._no_choice(loose)
            or (self._too_many(loose) if too_many else "")
        )

    def _beside_options(self) -> Iterator[int]:
        """The places of all words but known options and their values."""
        at = 0
        while at < len(self._words) and self._words[at] != "--":
            name, equals, _ = self._words[at].partition("=")
            known = self._options.get(name)
            if known is None:
                yield at
            elif known.nargs != 0 and not equals and not _is_option(self._word(at + 1)):
                at += 1
            at += 1

    def _word(self, at: int) -> str:
        return self._words[at] if at < len(self._words) else ""

    def _apart(self) -> str:
        """Of an option with blanks around its equals sign."""
        for at, word in enumerate(self._words):
            if word in self._options and self._word(at + 1) == "=":
                return f"An equals sign stands without blanks: write {word} {join_line([self._word(at + 2)])}."
        return ""

    def _no_option(self, name: str) -> str:
        near = get_close_matches(name.lower().replace("_", "-"), self._options, n=1)
        return f"There is no option {name!r}." + (f" Did you mean {near[0]}?" if near else "")

    def _refuse_secrets(self, loose: Sequence[int], *, too_many: bool) -> None:
        for at in loose:
            if "=" in self._words[at] or self._word(at + 1).startswith("=") or too_many:
                refuse_secrets([f"--{self._words[at]}"])

    def _without_dashes(self, at: int, *, too_many: bool) -> str:
        """Of a word that would be an option with dashes before it; the one behind it would be its value."""
        written, equals, value = self._words[at].partition("=")
        if not written.replace("-", "_").isidentifier():
            return ""
        flag = self._flag(written, or_near=too_many and bool(equals))
        rest = [value] if value else [each.lstrip("=") for each in self._words[at + 1 : at + 3] if each != "="][:1]
        if not flag or not (equals or too_many or self._word(at + 1).startswith("=")):
            return ""
        line = flag if self._options[flag].nargs == 0 else f"{flag} {join_line(rest)}".rstrip()
        return f"The option {written!r} lacks its dashes: write {line}."

    def _flag(self, written: str, *, or_near: bool) -> str:
        flag = f"--{written.lower().replace('_', '-')}"
        near = get_close_matches(flag, self._options, n=1) if or_near else []
        return flag if flag in self._options else next(iter(near), "")

    def _no_choice(self, loose: Sequence[int]) -> str:
        for at, place in zip(loose, self._places, strict=False):
            word = self._words[at]
            if place.choices is not None and word not in place.choices:
                choices = list(place.choices)
                near = get_close_matches(word.lower(), choices, n=1)
                advice = f"Did you mean {near[0]!r}?" if near else f"There are: {', '.join(choices)}."
                return f"There is no command {word!r}. {advice}"
        return ""

    def _too_many(self, loose: Sequence[int]) -> str:
        word = self._words[loose[len(self._places)]]
        near = get_close_matches(f"--{word.lower()}", self._options, n=1, cutoff=0.8)
        advice = f" Did you mean {near[0]}?" if near else " Options begin with --, and quotes group words."
        return f"The word {word!r} is none of the options.{advice}"


def _is_option(word: str) -> bool:
    return len(word) > 1 and word.startswith("-") and " " not in word and not _NUMBER.fullmatch(word)


def refuse_secrets(words: Sequence[str]) -> None:
    """Refuse a line on which an option carries a secret.

    Raises
    ------
    InputError
        The line names a secret; the message does not repeat it.
    """
    for word in words:
        name = word.split("=", 1)[0].lower()
        if name.startswith("-") and any(secret in name for secret in _SECRET_WORDS):
            raise InputError(
                f"The option {name!r} is refused: secrets are not taken on this line, because the line is kept in the "
                "history (what you typed is there already: change the secret if others can read it). "
                "Use the form of '%retarus login', or set RETARUS_CLIENT_SECRET in the environment."
            )
