"""Every fault of the service that we can think of, and what a read has to come to."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from retarus_pandas.errors import (
    AuthenticationError,
    BrokenAnswerError,
    ConnectionFailedError,
    DeadlineError,
    IncompleteRead,
    PartialDataWarning,
    QueryError,
    ResultError,
    SchemaMismatchError,
    SchemaWarning,
    ServiceError,
    TransportError,
    UnprovenRowsWarning,
)
from support.replies import (
    GZIP_HEAD,
    HEAD,
    PAST,
    Reply,
    answer,
    chunked,
    closed,
    html,
    reset,
    short,
    stall,
    status,
    trickle,
)
from support.report_service import Act, Asked, Place, Record, ReportService

__all__ = ["CATALOGUE", "NOT_TRIED", "WHOLE", "Fault", "Outcome", "Outcomes"]

# The frame with all rows, and no word about it.
WHOLE = "the whole frame"
Outcome = type[Exception] | str
Outcomes = tuple[Outcome, ...]
# For a fault of which only one half makes sense: that happens once, or that stays.
NOT_TRIED: Outcomes = ()


@dataclass(frozen=True)
class Fault:
    """One fault.

    ``ever`` is what a read comes to when the fault stays: an error, a warning beside a frame that holds what the
    service sent, one of several of these, or `WHOLE`. ``once`` is the same for a fault that happens once, where
    that makes a difference.
    """

    name: str
    act: Act
    ever: Outcome | Outcomes
    once: Outcome | Outcomes = NOT_TRIED
    options: Mapping[str, Any] = field(default_factory=dict)
    timeout: float = 10.0
    read_timeout: float = 10.0
    first_pause: float = 0.002
    unsafe: bool = False

    def outcomes(self, times: float) -> Outcomes:
        """What a read may come to when the fault happens so often."""
        expected = self.ever if times > 1 else self.once
        return expected if isinstance(expected, tuple) else (expected,)

    def silence(self, times: float) -> float:
        """Seconds after which a silent service is given up.

        More where the read goes on all the same: on a busy machine the good answers are silent for a while, too.
        """
        return self.read_timeout if times > 1 else 8 * self.read_timeout

    @property
    def refuses_token(self) -> bool:
        """Whether a good token is refused."""
        return self.name.startswith(("401", "token refused"))


def _reply(reply: Reply) -> Act:
    return lambda asked: reply


def _body(make: Callable[[bytes], Reply | bytes]) -> Act:
    """A reply made from the body of the good answer."""

    def act(asked: Asked) -> Reply:
        made = make(json.dumps(asked.answer).encode())
        return answer(made) if isinstance(made, bytes) else made

    return act


def _changed(change: Callable[[Asked], object]) -> Act:
    """The good answer after a change."""

    def act(asked: Asked) -> Reply:
        change(asked)
        return answer(asked.send())

    return act


def _result(**members: Any) -> Act:
    return _changed(lambda asked: asked.result.update(members))


def _without(name: str) -> Act:
    return _changed(lambda asked: asked.result.pop(name))


def _whole(content: Any) -> Act:
    return _reply(answer(content))


def _first(**members: Any) -> Act:
    """Other values in the page's first record."""
    return _changed(lambda asked: [record.update(members) for record in asked.records[:1]])


def _instant(spell: Callable[[datetime], str]) -> Act:
    """The first record's instant, spelled otherwise."""

    def change(asked: Asked) -> None:
        for record in asked.records[:1]:
            record["keyTimestamp"] = spell(datetime.fromisoformat(record["keyTimestamp"]))

    return _changed(change)


# ------------------------------------------------------------ the connection


def _cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def _refused(seconds: float | None) -> Act:
    def act(asked: Asked) -> Reply:
        asked.service.stop_listening(seconds)
        return reset()

    return act


def _nameless(questions: float) -> Act:
    def act(asked: Asked) -> Reply:
        asked.service.lose_name(questions)
        return reset()

    return act


def _connection() -> Iterator[Fault]:
    failed, broken, late = ConnectionFailedError, BrokenAnswerError, DeadlineError
    yield Fault("connection refused", _refused(None), failed)
    # The first pause outlasts the moment, also where other processes make it longer.
    yield Fault("connection refused for a moment", _refused(0.02), NOT_TRIED, WHOLE, first_pause=0.3)
    yield Fault("DNS failure", _nameless(math.inf), failed)
    yield Fault("DNS failure, for two questions", _nameless(2), NOT_TRIED, WHOLE)
    yield Fault("reset before headers", _reply(reset()), failed, WHOLE)
    yield Fault("reset in the headers", _reply(reset(b"HTTP/1.1 200 OK\r\nContent-")), TransportError, WHOLE)
    yield Fault("reset after the headers", _reply(reset(HEAD % 100)), TransportError, WHOLE)
    yield Fault("reset in mid-body", _body(lambda data: reset(HEAD % len(data) + _cut(data))), TransportError, WHOLE)
    yield Fault("closed without an answer", _reply(closed()), failed, WHOLE)
    yield Fault("not HTTP", _reply(closed(b"SSH-2.0-OpenSSH\r\n\r\n")), TransportError, WHOLE)
    yield Fault("shorter than Content-Length", _body(short), broken, WHOLE)
    yield Fault("longer than Content-Length", _body(lambda data: closed(HEAD % 9 + data)), broken, WHOLE)
    yield Fault("a chunk cut short", _body(lambda data: closed(_CHUNKED + b"fff\r\n" + data)), broken, WHOLE)
    yield Fault("a bad chunk", _body(lambda data: closed(_CHUNKED + b"xyz\r\n" + data)), broken, WHOLE)
    yield Fault("chunks of one byte", _chunks(), WHOLE)
    yield Fault("no answer (stalled)", _reply(stall()), late, WHOLE, read_timeout=0.15)
    yield Fault(
        "stalled in mid-body", _body(lambda data: stall(HEAD % len(data) + _cut(data))), late, WHOLE, read_timeout=0.15
    )
    yield Fault("slow trickle", _body(lambda data: trickle(HEAD % len(data) + data)), late, (late, WHOLE), timeout=0.7)


_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def _chunks() -> Act:
    return lambda asked: chunked(asked.send(), 1)


# ------------------------------------------------------------ the status


def _soon() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)


def _statuses() -> Iterator[Fault]:
    for wait, name in {"0": "0 seconds", PAST: "a past date", "in a while": "garbage", "": "missing"}.items():
        headers: dict[str, Any] = {"Retry_After": wait} if wait else {}
        yield Fault(f"429, Retry-After {name}", _reply(status(429, **headers)), ServiceError, WHOLE)
    yield Fault("429, Retry-After a date soon", lambda _: status(429, Retry_After=_soon()), NOT_TRIED, WHOLE)
    never = format_datetime(datetime(2999, 1, 1, tzinfo=UTC), usegmt=True)
    for wait, name in {"999999999": "31 years", never: "the year 2999"}.items():
        impatient = (ServiceError, DeadlineError)
        yield Fault(f"429, Retry-After {name}", _reply(status(429, Retry_After=wait)), impatient, impatient)
    yield Fault("500", _reply(status(500, b"oops")), ServiceError, WHOLE)
    yield Fault("502 with a page of HTML", _reply(html(502)), ServiceError, WHOLE)
    yield Fault("503, Retry-After 0", _reply(status(503, Retry_After="0")), ServiceError, WHOLE)
    yield Fault("504", _reply(status(504)), ServiceError, WHOLE)
    yield Fault("500 with GraphQL errors", _reply(answer({"errors": [{"message": "m"}]}, 500)), QueryError, WHOLE)
    yield Fault("401, as if expired", _reply(status(401)), AuthenticationError, WHOLE)
    yield Fault("401 because revoked", _token_lost(None), AuthenticationError, WHOLE)
    yield Fault("403", _reply(status(403, b"no")), AuthenticationError, WHOLE)
    for code in (408, 425, 520, 522, 524, 529):
        yield Fault(str(code), _reply(status(code)), ServiceError, WHOLE)
    yield Fault("429, X-RateLimit-Reset 0", _reply(status(429, X_RateLimit_Reset="0")), ServiceError, WHOLE)
    yield Fault("404", _reply(status(404)), ServiceError)
    yield Fault("400 with GraphQL errors", _reply(answer({"errors": [{"message": "m"}]}, 400)), QueryError)
    yield Fault("302 to another host", _reply(status(302, Location="http://127.0.0.1:9/")), ServiceError)


# ------------------------------------------------------------ the token endpoint, in the middle of a read


def _token_lost(reply: Reply | None, *, always: bool = False) -> Act:
    """The token is refused, and the token endpoint, asked for another, answers this."""

    def act(asked: Asked) -> Reply:
        asked.service.lose_tokens(reply, always=always)
        return status(401)

    return act


def _tokens() -> Iterator[Fault]:
    good = {"access_token": "other", "token_type": "Bearer"}
    for name, reply, ever in [
        ("503", status(503), ServiceError),
        ("a page of HTML", html(), BrokenAnswerError),
        ("a reset", reset(), ConnectionFailedError),
        ("a lifetime of 0", answer({**good, "expires_in": 0}), BrokenAnswerError),
        ("a lifetime of null and no token", answer({"expires_in": None}), BrokenAnswerError),
    ]:
        yield Fault(f"token refused, then the token endpoint: {name}", _token_lost(reply, always=True), ever)
        yield Fault(f"token refused, then the token endpoint, once: {name}", _token_lost(reply), NOT_TRIED, WHOLE)
    refusal = answer({"error": "invalid_client"}, 401)
    yield Fault("token refused, then the client", _token_lost(refusal, always=True), AuthenticationError)
    yield Fault(
        "token refused, then the token endpoint: silence",
        _token_lost(stall(), always=True),
        DeadlineError,
        read_timeout=0.15,
    )
    yield Fault("token refused, then the token endpoint: slow", _slow_token, NOT_TRIED, WHOLE)
    for lifetime in (1, 0.5, "300", 10**30, None):
        yield Fault(f"token refused, the next lives for {lifetime!r} s", _other_lifetime(lifetime), NOT_TRIED, WHOLE)


def _slow_token(asked: Asked) -> Reply:
    asked.service.lose_tokens()
    asked.service.token(_slowly(asked.service))
    return status(401)


def _slowly(service: ReportService) -> Reply:
    def reply(exchange: Any) -> None:
        service.stopping.wait(0.1)
        service.issue(300)(exchange)

    return reply


def _other_lifetime(lifetime: Any) -> Act:
    def act(asked: Asked) -> Reply:
        asked.service.lose_tokens()
        asked.service.lifetime = lifetime
        return status(401)

    return act


# ------------------------------------------------------------ the body


def _bodies() -> Iterator[Fault]:
    broken = BrokenAnswerError
    for name, content in {
        "empty body": b"",
        "a body of null": b"null",
        "a body of blanks": b" \n ",
        "a list": b"[1]",
        "a text": b'"data"',
        "NUL bytes": b"\0" * 100,
    }.items():
        yield Fault(name, _whole(content), broken, WHOLE, unsafe=True)
    yield Fault("HTML page of a proxy, status 200", _reply(html()), broken, WHOLE)
    yield Fault("two documents in one body", _body(lambda data: data + data), broken, WHOLE, unsafe=True)
    yield Fault("JSON and then something", _body(lambda data: data + b"}"), broken, WHOLE, unsafe=True)
    yield Fault("JSON cut short", _body(_cut), broken, WHOLE, unsafe=True)
    yield Fault("nested 20,000 deep", _whole(b'{"a":' * 20_000 + b"1" + b"}" * 20_000), broken, WHOLE, unsafe=True)
    yield Fault(
        "nested 20,000 deep in a value",
        _body(lambda data: data.replace(b'"attemptSeqNo": 1', b'"attemptSeqNo": ' + b"[" * 20_000 + b"]" * 20_000, 1)),
        broken,
        WHOLE,
        unsafe=True,
    )
    yield Fault("invalid UTF-8", _body(lambda data: data.replace(b"fax-", b"f\xffx-", 1)), broken, WHOLE, unsafe=True)
    yield Fault("UTF-16", _body(lambda data: data.decode().encode("utf-16")), broken, WHOLE, unsafe=True)
    yield Fault("a byte order mark", lambda asked: answer(b"\xef\xbb\xbf" + asked.send()), WHOLE, unsafe=True)
    yield Fault("corrupt gzip", _body(_corrupt_gzip), broken, WHOLE, unsafe=True)
    yield Fault("gzip cut short", _body(_cut_gzip), TransportError, WHOLE, unsafe=True)
    yield Fault("gzip", lambda asked: answer(asked.send(), zipped=True), WHOLE)
    yield Fault(
        "duplicate keys", _body(lambda data: data.replace(b'"faxId"', b'"faxId": "x", "faxId"', 1)), broken, WHOLE
    )
    yield Fault("NaN", _body(lambda data: data.replace(b'"attemptSeqNo": 1', b'"attemptSeqNo": NaN', 1)), broken, WHOLE)


def _corrupt_gzip(data: bytes) -> Reply:
    packed = bytearray(gzip.compress(data))
    packed[len(packed) // 2] ^= 0xFF
    return closed(GZIP_HEAD % len(packed) + bytes(packed))


def _cut_gzip(data: bytes) -> Reply:
    packed = _cut(gzip.compress(data))
    return closed(GZIP_HEAD % len(packed) + packed)


# ------------------------------------------------------------ what GraphQL says


def _with_errors(errors: Any, **members: Any) -> Act:
    """Errors beside the data; the members replace those of the result."""

    def change(asked: Asked) -> None:
        asked.result.update(members)
        asked.answer["errors"] = errors
        if "content" in members:
            asked.records = members["content"] or []

    return _changed(change)


def _graphql() -> Iterator[Fault]:
    some = [{"message": "something is wrong", "path": ["faxOutUdrReport", "content"]}]
    lost: dict[str, Any] = {"content": None, "hasMoreElements": True}
    warn: dict[str, Any] = {"options": {"errors": "warn"}}
    yield Fault("data: null", _whole({"data": None}), ResultError)
    yield Fault("data: null with errors", _whole({"data": None, "errors": some}), QueryError)
    yield Fault("data: null with errors, errors='warn'", _whole({"data": None, "errors": some}), QueryError, **warn)
    yield Fault("an empty object", _whole({}), BrokenAnswerError, WHOLE)
    yield Fault("report field null", _whole({"data": {"faxOutUdrReport": None}}), ResultError)
    yield Fault("report field missing", _whole({"data": {}}), ResultError)
    yield Fault("report field a list", _whole({"data": {"faxOutUdrReport": []}}), SchemaMismatchError)
    yield Fault("errors beside full data", _with_errors(some), QueryError)
    yield Fault("errors beside full data, errors='warn'", _with_errors(some), PartialDataWarning, **warn)
    yield Fault("errors beside partial data", _with_errors(some, **lost), QueryError)
    # Only on the last page is it certain that no further page follows the records that are missing.
    yield Fault(
        "errors beside partial data, errors='warn'", _lose_content(some), (IncompleteRead, PartialDataWarning), **warn
    )
    for code in ("INTERNAL_ERROR", "THROTTLED", "TIMEOUT", "UNAVAILABLE"):
        yield Fault(f"no data, and the service says {code}", _whole(_coded(code)), QueryError, WHOLE)
    yield Fault("200, UNAUTHENTICATED", _whole(_coded("UNAUTHENTICATED")), QueryError, WHOLE)
    yield Fault("errors without message", _with_errors([{"path": []}]), QueryError)
    yield Fault("errors that are a text", _with_errors("oops"), QueryError)
    yield Fault("errors: [null]", _with_errors([None]), WHOLE)
    yield Fault("errors: []", _with_errors([]), WHOLE)


def _coded(code: str) -> Any:
    """An answer without data, with an error of this classification."""
    errors = [{"message": "m", "extensions": {"classification": code}}]
    return {"errors": errors, "data": {"faxOutUdrReport": None}}


def _lose_content(errors: Any) -> Act:
    def change(asked: Asked) -> None:
        asked.answer["errors"] = errors
        asked.result["content"] = None
        asked.records = []

    return _changed(change)


# ------------------------------------------------------------ the page


def _pages() -> Iterator[Fault]:
    yield Fault("content null", _result(content=None), ResultError)
    yield Fault("content missing", _without("content"), ResultError)
    yield Fault("content an object", _result(content={}), SchemaMismatchError)
    yield Fault("content a list of texts", _result(content=["x"]), SchemaMismatchError)
    yield Fault("a null row", _changed(_null_row), SchemaWarning)
    yield Fault("hasMoreElements missing", _without("hasMoreElements"), ResultError)
    yield Fault("hasMoreElements null", _result(hasMoreElements=None), ResultError)
    yield Fault("hasMoreElements a text", _result(hasMoreElements="true"), ResultError)
    yield Fault("hasMoreElements true at the end", _more, IncompleteRead, WHOLE)
    yield Fault("hasMoreElements for ever true, the period ignored", _changed(_same), IncompleteRead)
    yield Fault("pageIndex of another page", _changed(_other_index), IncompleteRead)
    yield Fault("pageIndex negative", _result(pageIndex=-1), IncompleteRead)
    yield Fault("pageIndex a text", _result(pageIndex="first"), ResultError)
    yield Fault("pageIndex null", _result(pageIndex=None), WHOLE)
    yield Fault("pageIndex missing", _without("pageIndex"), WHOLE)
    yield Fault("fewer rows than the page size, and more follow", _changed(_fewer), IncompleteRead, WHOLE)
    yield Fault("no rows, and more follow", _changed(_none), IncompleteRead, UnprovenRowsWarning)
    yield Fault("the records of another period", _changed(_others), IncompleteRead, UnprovenRowsWarning)
    yield Fault("unknown extra fields in a record", _first(surprise={"a": [1]}, more="x"), SchemaWarning)
    yield Fault("unknown extra fields around", _changed(_around), WHOLE)
    yield Fault(
        "a field missing in a record",
        _changed(lambda asked: [record.pop("docPages") for record in asked.records[:1]]),
        WHOLE,
    )


def _null_row(asked: Asked) -> None:
    asked.result["content"] = [None, *asked.records[1:]]
    asked.records = [{}, *asked.records[1:]]


_more = _result(hasMoreElements=True)


def _same(asked: Asked) -> None:
    """All records of the window, whatever of it is asked."""
    asked.repeat(asked.place)
    asked.result["hasMoreElements"] = True


def _other_index(asked: Asked) -> None:
    asked.result["pageIndex"] += 1


def _fewer(asked: Asked) -> None:
    del asked.records[-1:]
    asked.result["hasMoreElements"] = True


def _none(asked: Asked) -> None:
    del asked.records[:]
    asked.result["hasMoreElements"] = True


def _others(asked: Asked) -> None:
    asked.repeat(Place((asked.place.window + 1) % 3))


def _around(asked: Asked) -> None:
    asked.answer["extensions"] = {"cost": 1}
    asked.answer["data"]["other"] = [None]
    asked.result["total"] = 13


# ------------------------------------------------------------ the values


def _values() -> Iterator[Fault]:
    odd: dict[str, Record] = {
        "a text for an Int": {"docPages": "12"},
        "a boolean for an Int": {"docPages": True},
        "an object for an Int": {"docPages": {"a": 1}},
        "a list for an Int": {"docPages": [1, 2]},
        "1.5 for an Int": {"docPages": 1.5},
        "an Int beyond 64 bits": {"docPages": 2**64},
        "a number for a text": {"statusName": 7},
        "a list for a text": {"statusName": ["OK"]},
        "a text for a Boolean": {"jobExpress": "true"},
        "a lone surrogate": {"statusName": "\ud800"},
    }
    for name, members in odd.items():
        yield Fault(name, _first(**members), SchemaWarning)
    fine: dict[str, Record] = {
        "1.0 for an Int": {"docPages": 1.0},
        "1e3 for an Int": {"docPages": 1e3},
        "the largest Int of 64 bits": {"docPages": 2**63 - 1},
        "a null": {"docPages": None, "statusName": None, "jobExpress": None},
        "an empty text": {"statusName": ""},
        "NUL in a text": {"statusName": "a\0b"},
        "a text of 1 MB": {"statusName": "ä" * 500_000},
    }
    for name, members in fine.items():
        yield Fault(name, _first(**members), WHOLE, unsafe=True)
    yield from _instants()


def _instants() -> Iterator[Fault]:
    spelled: list[tuple[str, Callable[[datetime], str], Outcome]] = [
        ("in whole seconds", lambda at: f"{at:%Y-%m-%dT%H:%M:%SZ}", WHOLE),
        ("in microseconds", lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond + 7:06}Z", WHOLE),
        ("in nanoseconds", lambda at: f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06}007Z", SchemaWarning),
        ("with an offset", lambda at: f"{at + timedelta(hours=5.5):%Y-%m-%dT%H:%M:%S.%f}+05:30", WHOLE),
        ("without a zone", lambda at: f"{at:%Y-%m-%dT%H:%M:%S.%f}", SchemaWarning),
        ("with a blank for the T", lambda at: f"{at:%Y-%m-%d %H:%M:%S.%f}Z", WHOLE),
        ("empty", lambda at: "", UnprovenRowsWarning),
        ("garbage", lambda at: "yesterday", SchemaWarning),
        ("of February 30", lambda at: "2026-02-30T00:00:00Z", SchemaWarning),
        ("of the year 0", lambda at: "0000-01-01T00:00:00Z", SchemaWarning),
        ("of the year 99999", lambda at: "99999-01-01T00:00:00Z", SchemaWarning),
    ]
    for name, spell, outcome in spelled:
        yield Fault(f"an instant {name}", _instant(spell), outcome)
    yield Fault("a number for an instant", _first(keyTimestamp=1750000000), SchemaWarning)


CATALOGUE: dict[str, Fault] = {
    fault.name: fault
    for group in (_connection, _statuses, _tokens, _bodies, _graphql, _pages, _values)
    for fault in group()
}
