"""Asking for credentials on a terminal."""

from __future__ import annotations

from getpass import getpass

from retarus_pandas.errors import NotSignedInError
from retarus_pandas.values import Credentials, Secret

__all__ = ["ask"]


def ask(known: Credentials) -> Credentials:
    """Ask for what is not known, and offer what is.

    Raises
    ------
    NotSignedInError
        The input ended before all was answered.
    """
    try:
        return Credentials(
            _ask_text("Customer ID", known.customer_id),
            _ask_text("Client ID", known.client_id),
            _ask_secret("Client Secret", known.client_secret),
        )
    except EOFError:
        pass
    raise NotSignedInError("Not signed in: the input ended before all was answered; call retarus_pandas.login() again.")


def _ask_text(label: str, known: str) -> str:
    offer = f" [{known}]" if known else ""
    answer = ""
    while not answer:
        answer = input(f"{label}{offer}: ").strip() or known
    return answer


def _ask_secret(label: str, known: Secret) -> Secret:
    offer = " [Enter to use the one at hand]" if known else " (not shown)"
    answer = Secret("")
    while not answer:
        answer = Secret.of(getpass(f"{label}{offer}: ")) or known
    return answer
