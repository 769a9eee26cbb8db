"""The probe: what nobody outside knows of the service, settled by a few small reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime
from textwrap import indent, wrap

from retarus_pandas.doctor import on_filters, on_pages, on_periods, on_records, on_service
from retarus_pandas.doctor.asking import MOST_REQUESTS, Asker, SpentError, UntoldError
from retarus_pandas.doctor.inquiry import Inquiry
from retarus_pandas.doctor.question import Question, Told
from retarus_pandas.errors import ServiceError, TransportError
from retarus_pandas.read import Table
from retarus_pandas.session import Profile, Session, Watched, current_session
from retarus_pandas.values import plain

__all__ = ["probe_service", "told_in_lines", "told_of_probe"]

# What matters most is asked first, in case that requests run out.
_QUESTIONS: tuple[Question, ...] = (
    *on_service.QUESTIONS[:4],
    *on_periods.QUESTIONS,
    *on_pages.QUESTIONS,
    *on_records.QUESTIONS,
    *on_filters.QUESTIONS,
    *on_service.QUESTIONS[4:],
    *on_pages.DEFAULTS,
    *on_service.LAST,
)
_WIDTH = 110
_LONGEST = 200


def probe_service(session: Session | None = None, *, pause: float = 1.0, now: datetime | None = None) -> Table:
    """Settle what nobody outside knows of the service, by at most 30 small reads.

    Among it are how periods are compared and whether their end belongs to them, the order of records and the end of
    pages, filters, keys, the precision of instants, and names and types that differ from what is assumed. Where the
    account has too few records to tell, the answer says so; nothing is guessed.

    Parameters
    ----------
    session : Session, optional
        Who asks; by default the current session, else one from the environment.
    pause : float, default 1
        Seconds to wait before a request that met a fault is made once more.
    now : datetime, optional
        The present, with its zone; by default this machine's.

    Returns
    -------
    Table
        A frame with a row for each question: ``question``; ``answer``; ``evidence``, what was asked and seen.

    Raises
    ------
    NotSignedInError
        There are no credentials.
    AuthenticationError
        They are refused.
    TransportError, ServiceError
        The service cannot be reached, or refuses the first request.

    Notes
    -----
    Records are looked at in memory only. What was found is kept in the user's cache directory, for each endpoint and
    customer (not for the embedded service): answers, names of fields, and digests of some keys and records with which
    a later probe compares. Reads of later sessions warn of what it says, and do not ask in vain what was refused
    within the last day; whatever a read proves, it proves all the same.

    Examples
    --------
    >>> import retarus_pandas as rt
    >>> from retarus_pandas.doctor import probe_service
    >>> with rt.Session.sandbox() as session:
    ...     table = probe_service(session)
    >>> table.set_index("question").loc["What is a page past the end?", "answer"]
    'an empty page'
    """
    chosen = session or current_session()
    with nullcontext(chosen) if chosen is not None else Session.from_env() as who:
        return _probe(who, pause=pause, now=now or datetime.now(UTC))


def _probe(session: Session, *, pause: float, now: datetime) -> Table:
    session.sign_in()
    inquiry = Inquiry(session, Asker(session, pause=pause), now)
    # Where nothing can be asked, there is no table to be made.
    _ = inquiry.introspection
    found = {each: _told(each, inquiry) for each in _QUESTIONS}
    session.known.use_profile(_profile(inquiry, found, now))
    rows = [(each.text, *_shown(answer)) for each, answer in found.items()]
    return Table(rows, columns=["question", "answer", "evidence"])


def _told(asked: Question, inquiry: Inquiry) -> Told | str:
    """The answer, or why there is none."""
    try:
        return asked.ask(inquiry)
    except UntoldError as error:
        return str(error)
    except SpentError:
        return f"the {MOST_REQUESTS} requests of a probe were spent"
    except (TransportError, ServiceError) as error:
        return f"a request failed: {error}"


def _shown(told: Told | str) -> tuple[str, str]:
    if isinstance(told, Told):
        return told.answer, told.evidence
    return f"could not be told, because {told.rstrip('.')}", ""


def _profile(inquiry: Inquiry, found: dict[Question, Told | str], now: datetime) -> Profile:
    told = {asked.name: answer for asked, answer in found.items() if isinstance(answer, Told)}
    return Profile(
        made=now.isoformat(),
        answers={name: answer.answer for name, answer in told.items()},
        facts={name: answer.value for name, answer in told.items()},
        refused=inquiry.refusals(),
        watched=_watched(inquiry),
    )


def _watched(inquiry: Inquiry) -> Watched | None:
    try:
        return on_records.watched(inquiry)
    except (UntoldError, SpentError, TransportError, ServiceError):
        return None


def told_in_lines(table: Table) -> str:
    """The table for a terminal: each question with its answer and its evidence below."""
    return "\n".join(line for row in table.itertuples(index=False) for line in _lines(row))


def _lines(row: tuple[str, str, str]) -> Iterator[str]:
    question, answer, evidence = row
    yield question
    for text, margin in ((answer, "    "), (evidence and f"({evidence})", "      ")):
        yield from (indent(line, margin) for line in wrap(text, _WIDTH))


def told_of_probe(profile: Profile | None) -> str:
    """When the service was probed, and what was found otherwise than is assumed."""
    if profile is None:
        return "none was made; 'python -m retarus_pandas doctor --probe' asks what nobody outside knows of the service"
    facts = profile.facts
    other = [
        each for each in _QUESTIONS if each.assumed is not None and each.assumed != facts.get(each.name, each.assumed)
    ]
    when = f"of {profile.made[:10]}, {len(facts)} answers"
    if not other:
        return f"{when}: nothing otherwise than is assumed"
    return f"{when}, otherwise than is assumed: " + " ".join(
        f"{each.text} {plain(profile.answers.get(each.name, ''), _LONGEST)}." for each in other
    )
