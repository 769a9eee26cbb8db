"""Small pieces of text and tables that the skins show."""

from __future__ import annotations

from retarus_pandas.read import Table, minutes
from retarus_pandas.session import CREDENTIAL_VARIABLES, Session, credentials_in_environment
from retarus_pandas.values import Token

__all__ = ["signed_in_line", "status_table"]


def signed_in_line(session: Session, token: Token | None) -> str:
    """Say who is signed in where, without a word of the token itself."""
    host = session.endpoints.foreign_token_host
    by = f" · by the foreign host {host}" if host else ""
    left = f"token valid for {minutes(token.remaining())}" if token else "the token is renewed when needed"
    return f"Signed in as customer {session.customer_id} · {session.endpoints.environment}{by} · {left}"


def status_table(session: Session | None) -> Table:
    """Who is signed in, where, and for how long the token is good; nothing is sent.

    Parameters
    ----------
    session : Session or None
        None when nobody is signed in.

    Returns
    -------
    Table
        One column, ``status``; the index says of what.
    """
    return Table({"status": _facts(session)})


def _facts(session: Session | None) -> dict[str, str]:
    if session is None or session.closed:
        if credentials_in_environment().missing:
            return {"signed in": "no; run '%retarus login'"}
        return {"signed in": f"no; a cell that reads signs in by {', '.join(CREDENTIAL_VARIABLES)}"}
    from retarus_pandas.doctor import told_of_probe

    token = session.connection.token_at_hand()
    return {
        "signed in": "yes",
        "customer ID": session.customer_id,
        "client ID": session.client_id,
        "service": session.endpoints.environment,
        "API URL": session.api_url,
        "token URL": session.token_url + (" (a foreign host)" if session.endpoints.foreign_token_host else ""),
        "token": f"valid for {minutes(token.remaining())}, renewed when needed" if token else "fetched when needed",
        "schema": session.schema.source,
        "probe": told_of_probe(session.known.profile),
    }
