"""Whether the service gives a session the records of its customer: asked for one, when somebody signs in."""

from __future__ import annotations

import json
import re
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from retarus_pandas.errors import AuthenticationError, QueryError, RetarusError
from retarus_pandas.values import Window, plain

if TYPE_CHECKING:
    from retarus_pandas.session.session import Session

__all__ = ["AccountCheck", "check_account", "is_about_the_customer"]

# Seconds. Who signs in waits for it; a read will tell, too.
_PATIENCE = 15.0
_LONGEST = 300
_ABOUT_THE_CUSTOMER = re.compile(
    r"customer|account|permission|not authori[sz]ed|access denied|forbidden", re.IGNORECASE
)
_ABOUT_THE_DOCUMENT = re.compile(r"argument|variable|syntax|field|literal|represent|expected|type", re.IGNORECASE)


class AccountCheck(NamedTuple):
    """What the service said: whether it refuses the customer, and why nothing is known; empty, where all is well."""

    is_refused: bool = False
    reason: str = ""


def check_account(session: Session) -> AccountCheck:
    """Ask for one record of the session's customer.

    Only a refusal that is about the customer counts as one: what else a service may refuse, or a service that does not
    answer, says nothing of whether the customer ID is right.
    """
    from retarus_pandas.http import in_worker, json_object

    body = {"query": _document(session.customer_id)}

    def ask(stop: threading.Event) -> None:
        timer = threading.Timer(_PATIENCE, stop.set)
        timer.daemon = True
        timer.start()
        try:
            session.post(body, json_object, retry=False, stop=stop)
        finally:
            timer.cancel()

    try:
        in_worker(ask)
    except AuthenticationError as error:
        return AccountCheck(is_refused=True, reason=str(error))
    except QueryError as error:
        return AccountCheck(is_about_the_customer(error, session.customer_id), plain(str(error), _LONGEST))
    except RetarusError as error:
        return AccountCheck(reason=plain(str(error), _LONGEST))
    return AccountCheck()


def is_about_the_customer(error: QueryError, customer_id: str) -> bool:
    """Whether one of the errors is about the customer, and not about how the document is written."""
    messages = [str(each.get("message")) if isinstance(each, dict) else str(each) for each in error.errors]
    return any(
        not _ABOUT_THE_DOCUMENT.search(message)
        and (_ABOUT_THE_CUSTOMER.search(message) or re.search(rf"\b{re.escape(customer_id)}\b", message))
        for message in messages
    )


def _document(customer_id: str) -> str:
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    window = Window(now - timedelta(hours=1), now).to_wire()
    period = ", ".join(f"{name}: {json.dumps(value)}" for name, value in window.items())
    arguments = f"customerId: {json.dumps(customer_id)}, datePeriod: {{{period}}}, page: 0, size: 1"
    return f"{{ faxOutUdrReport({arguments}) {{ content {{ faxId }} hasMoreElements }} }}"
