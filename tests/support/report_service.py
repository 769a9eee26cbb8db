"""A service that serves one whole report correctly, except where a fault is planted.

The report has two windows, of three pages and of two. Requests of one row, by which a reader looks for records
that moved, are answered correctly.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from support.replies import Reply, answer, status
from support.servers import API, TOKEN, FaultyServer, Request

PAGE_SIZE = 3
LENGTHS = (8, 5)
DAYS = 30
DOCUMENT = "{ faxOutUdrReport { content { faxId attemptSeqNo keyTimestamp docPages statusName jobExpress } } }"

Record = dict[str, Any]


@dataclass(frozen=True, order=True)
class Place:
    """A page of the report."""

    window: int
    page: int


# How often, at which port, the name of the host is not found any more.
lost_names: dict[int, float] = {}

PLACES = {"first": Place(0, 0), "middle": Place(0, 1), "last": Place(1, 1)}


@dataclass
class Asked:
    """One page, as the service would answer it."""

    service: ReportService
    place: Place
    answer: dict[str, Any]
    records: list[Record] = field(default_factory=list)

    @property
    def result(self) -> dict[str, Any]:
        result: dict[str, Any] = self.answer["data"]["faxOutUdrReport"]
        return result

    def repeat(self, place: Place) -> None:
        """Take the records of another page, as odd as they were there."""
        self.records = list(self.service.sent.get(place) or self.service.page(place))
        self.result["content"] = [record or None for record in self.records]

    def send(self) -> bytes:
        """The answer's body as it is now; its records are from now on what the reader was sent."""
        self.service.sent[self.place] = list(self.records)
        return json.dumps(self.answer).encode()


Act = Callable[[Asked], Reply]


@dataclass
class Plant:
    """A fault at a page, so many times."""

    place: Place
    act: Act
    times: float = float("inf")


class ReportService(FaultyServer):
    """The report, its token endpoint, and the faults planted in it.

    Attributes
    ----------
    sent : dict
        The records of each page as they were sent last.
    """

    def __init__(self, plants: Iterable[Plant] = (), **options: Any) -> None:
        super().__init__(**options)
        self.start = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2 * DAYS + 5)
        self.sent: dict[Place, list[Record]] = {}
        self.plants = list(plants)
        self._refusing: threading.Thread | None = None

    @property
    def end(self) -> datetime:
        return self.start + timedelta(days=2 * DAYS)

    def record(self, window: int, number: int) -> Record:
        at = self.start + timedelta(days=window * DAYS, minutes=number)
        return {
            "faxId": f"fax-{window}-{number}",
            "attemptSeqNo": 1 + number % 3,
            "keyTimestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{number:03d}Z",
            "docPages": 10 * window + number,
            "statusName": "OK" if number % 2 else "BUSY",
            "jobExpress": number % 2 == 0,
        }

    def page(self, place: Place) -> list[Record]:
        """The records of a page."""
        numbers = range(LENGTHS[place.window])[place.page * PAGE_SIZE : (place.page + 1) * PAGE_SIZE]
        return [self.record(place.window, number) for number in numbers]

    def whole(self) -> list[Record]:
        """All records there are."""
        return [self.record(window, number) for window, length in enumerate(LENGTHS) for number in range(length)]

    def sent_records(self) -> list[Record]:
        """All records as they were sent, in order."""
        with self._lock:
            return [record for place in sorted(self.sent) for record in self.sent[place]]

    def next_answer(self, request: Request) -> Reply:
        if request.path != API:
            return super().next_answer(request)
        with self._lock:
            self.requests.append(request)
            if request.bearer not in self._issued:
                return status(401, b'{"error": "invalid_token"}')
            asked, is_look = self._asked(request.asked)
            plant = None if is_look else self._planted(asked.place)
            return answer(asked.send()) if plant is None else plant.act(asked)

    def _planted(self, place: Place) -> Plant | None:
        for plant in self.plants:
            if plant.place == place and plant.times > 0:
                plant.times -= 1
                return plant
        return None

    def _asked(self, variables: Mapping[str, Any]) -> tuple[Asked, bool]:
        begins = datetime.fromisoformat(variables["datePeriod"]["fromIncluded"])
        window = 0 if begins == self.start else 1
        page, size = variables["page"], variables["size"]
        numbers = range(LENGTHS[window])[page * size : (page + 1) * size]
        more = (page + 1) * size < LENGTHS[window]
        records = [self.record(window, number) for number in numbers]
        result = {"content": records, "pageIndex": page, "hasMoreElements": more}
        asked = Asked(self, Place(window, page), {"data": {"faxOutUdrReport": result}}, records)
        if size == 1:
            asked.place = Place(-1, -1)
            asked.records = []
            result["content"] = self._as_sent(window, page, records)
        return asked, size == 1

    def _as_sent(self, window: int, position: int, records: list[Record]) -> list[Record | None]:
        """The record at a position, as odd as it was on its page."""
        page = self.sent.get(Place(window, position // PAGE_SIZE), [])
        return [record or None for record in page[position % PAGE_SIZE :][:1]] or [*records]

    # What can befall more than one answer. Called in the server's lock.

    def lose_tokens(self, reply: Reply | None = None, *, always: bool = False) -> None:
        """No token issued so far is good any more; the token endpoint answers this, once or always."""
        self._issued.clear()
        if reply is not None and always:
            self.always(TOKEN, reply)
        elif reply is not None:
            self.token(reply)

    def stop_listening(self, seconds: float | None) -> None:
        """Refuse connections and end those there are; after some seconds, if given, listen again."""
        if self._refusing is None:
            self._refusing = threading.Thread(target=self._refuse, args=(seconds,))
            self._refusing.start()

    def lose_name(self, questions: float) -> None:
        """The host's name is not found so many times, and the connections there are end."""
        lost_names.setdefault(self._server.server_port, questions)
        self._server.cut_all()

    def _refuse(self, seconds: float | None) -> None:
        server, port = self._server, self._server.server_port
        server.shutdown()
        self._thread.join()
        server.socket.close()
        server.cut_all()
        if seconds is not None:
            self.stopping.wait(seconds)
            server.socket = socket.create_server(("127.0.0.1", port), backlog=64)
            self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
            self._thread.start()

    def __exit__(self, *about: Any) -> None:
        self.stopping.set()
        if self._refusing is not None:
            self._refusing.join()
        super().__exit__(*about)
        lost_names.pop(self._server.server_port, None)

    def issue(self, lifetime: float) -> Reply:
        """A good token, while a reply is made outside of the lock."""
        with self._lock:
            self._issued.add("slow")
        return answer({"access_token": "slow", "expires_in": lifetime, "token_type": "Bearer"})
