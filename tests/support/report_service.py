"""A service that serves one whole report correctly, except where a fault is planted.

The report has three windows, each of which one answer holds: what several answers make is tried elsewhere.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from retarus_pandas.period import windows
from support.replies import Reply, answer, status
from support.servers import API, TOKEN, FaultyServer, Request

PAGE_SIZE = 10
LENGTHS = (5, 4, 3)
PERIOD = timedelta(days=89)
DOCUMENT = "{ faxOutUdrReport { content { faxId attemptSeqNo keyTimestamp docPages statusName jobExpress } } }"

Record = dict[str, Any]


@dataclass(frozen=True, order=True)
class Place:
    """A window of the report."""

    window: int


# How often, at which port, the name of the host is not found any more.
lost_names: dict[int, float] = {}

PLACES = {"first": Place(0), "middle": Place(1), "last": Place(2)}


@dataclass
class Asked:
    """One answer, as the service would give it; ``begin`` is the instant from which on records were asked."""

    service: ReportService
    place: Place
    answer: dict[str, Any]
    begin: datetime
    records: list[Record] = field(default_factory=list)

    @property
    def result(self) -> dict[str, Any]:
        result: dict[str, Any] = self.answer["data"]["faxOutUdrReport"]
        return result

    def repeat(self, place: Place) -> None:
        """Take the records of another window."""
        self.records[:] = [self.service.record(place.window, number) for number in range(LENGTHS[place.window])]

    def send(self) -> bytes:
        """The answer's body as it is now; its records are from now on what the reader was sent."""
        self.service.sent[self.begin] = list(self.records)
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
        The records that were sent last from each instant on.
    """

    def __init__(self, plants: Iterable[Plant] = (), **options: Any) -> None:
        super().__init__(**options)
        self.start = datetime.now(UTC).replace(microsecond=0) - PERIOD - timedelta(hours=12)
        self.windows = windows(self.start, self.end)
        self.sent: dict[datetime, list[Record]] = {}
        self.plants = list(plants)
        self._refusing: threading.Thread | None = None

    @property
    def end(self) -> datetime:
        return self.start + PERIOD

    def record(self, window: int, number: int) -> Record:
        at = self.windows[window].start.replace(second=0) + timedelta(minutes=number + 1)
        return {
            "faxId": f"fax-{window}-{number}",
            "attemptSeqNo": 1 + number % 3,
            "keyTimestamp": f"{at:%Y-%m-%dT%H:%M:%S}.{number:03d}Z",
            "docPages": 10 * window + number,
            "statusName": "OK" if number % 2 else "BUSY",
            "jobExpress": number % 2 == 0,
        }

    def whole(self) -> list[Record]:
        """All records there are."""
        return [self.record(window, number) for window, length in enumerate(LENGTHS) for number in range(length)]

    def sent_records(self) -> list[Record]:
        """All records as they were sent, in order."""
        with self._lock:
            sent: list[Record] = []
            for begin in sorted(self.sent):
                # What stands at a cut was sent twice.
                names = {record.get("faxId") for record in self.sent[begin] if record}
                sent = [record for record in sent if not record or record.get("faxId") not in names]
                sent += self.sent[begin]
            return sent

    def next_answer(self, request: Request) -> Reply:
        if request.path != API:
            return super().next_answer(request)
        with self._lock:
            self.requests.append(request)
            if request.bearer not in self._issued:
                return status(401, b'{"error": "invalid_token"}')
            asked = self._asked(request.asked)
            plant = self._planted(asked.place)
            return answer(asked.send()) if plant is None else plant.act(asked)

    def _planted(self, place: Place) -> Plant | None:
        for plant in self.plants:
            if plant.place == place and plant.times > 0:
                plant.times -= 1
                return plant
        return None

    def _asked(self, arguments: Mapping[str, Any]) -> Asked:
        begin, end = (datetime.fromisoformat(arguments["datePeriod"][name]) for name in ("fromIncluded", "toExcluded"))
        window = next(number for number, each in enumerate(self.windows) if each.start <= begin < each.end)
        page, size = arguments["page"], arguments["size"]
        every = [self.record(window, number) for number in range(LENGTHS[window])]
        there = [record for record in every if begin <= datetime.fromisoformat(record["keyTimestamp"]) < end]
        records = there[page * size : (page + 1) * size]
        result = {"content": records, "pageIndex": page, "hasMoreElements": (page + 1) * size < len(there)}
        return Asked(self, Place(window), {"data": {"faxOutUdrReport": result}}, begin, records)

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
