"""The token cache against a token endpoint on real sockets."""

from __future__ import annotations

import copy
import os
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retarus_pandas.errors import (
    AuthenticationError,
    ConnectionFailedError,
    InputError,
    RetarusError,
    ServiceError,
    SessionClosedError,
    TransportError,
)
from retarus_pandas.http.auth import ClientCredentials
from retarus_pandas.http.retry import RetryPolicy
from retarus_pandas.http.stopping import Stop
from retarus_pandas.http.token_cache import TokenCache
from retarus_pandas.http.transport import Transport
from retarus_pandas.values import Credentials, Secret
from support.asking import PATIENT
from support.replies import after, answer, closed, html, reset, stall, status
from support.servers import DEAD_PORT, TOKEN, Exchange, FaultyServer
from support.trying import ONE_FIXTURE

SECRET = "c4n+ary & %= ü/"
POLICY = RetryPolicy(seconds=20, tries=5, first_pause=0.001)
REFUSED = answer({"error": "invalid_client"}, 401)


class Clock:
    """Time that passes only when told."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def never() -> Stop:
    return Stop(threading.Event())


Make = Callable[..., TokenCache]


@pytest.fixture
def make(server: FaultyServer) -> Iterator[Make]:
    transport = Transport(connect_timeout=2, read_timeout=10)

    def make(secret: str = SECRET, **clocks: Clock) -> TokenCache:
        credentials = Credentials("12345", "client", Secret(secret))
        grant = ClientCredentials(credentials, server.endpoints.token_url, transport, policy=POLICY, **clocks)
        return TokenCache(grant, **clocks)

    yield make
    transport.close()


def test_the_form_has_exactly_the_four_documented_fields(server: FaultyServer, make: Make) -> None:
    make().token(never())
    [request] = server.asked(TOKEN)
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.form == {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": SECRET,
        "scope": "openid",
    }
    assert "Authorization" not in request.headers


@given(secret=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40))
@settings(suppress_health_check=ONE_FIXTURE, max_examples=60)
def test_any_secret_survives_the_encoding(server: FaultyServer, make: Make, secret: str) -> None:
    make(secret).token(never())
    assert server.asked(TOKEN)[-1].form["client_secret"] == secret


def test_a_secret_that_has_no_encoding_is_refused_without_being_shown(make: Make) -> None:
    with pytest.raises(InputError, match="client secret") as caught:
        make("s3cret\ud800")
    assert "s3cret" not in str(caught.value)


def test_sixty_four_cold_threads_make_one_request(server: FaultyServer, make: Make) -> None:
    cache = make()
    server.token(after(0.1, answer({"access_token": "one", "expires_in": 300})))
    start = threading.Barrier(64)

    def ask() -> str:
        start.wait()
        return cache.token(never()).secret.reveal()

    with ThreadPoolExecutor(64) as threads:
        tokens = [future.result() for future in [threads.submit(ask) for _ in range(64)]]
    assert set(tokens) == {"one"}
    assert len(server.asked(TOKEN)) == 1


@pytest.mark.parametrize(("lifetime", "good"), [(300, 270), (45, 40.5), (1, 0.9), (10_000, 9_970)])
def test_a_token_is_used_while_it_is_good_and_no_longer(
    server: FaultyServer, make: Make, lifetime: float, good: float
) -> None:
    """It is given up 30 seconds, or a tenth of its lifetime, before it expires."""
    monotonic, wall = Clock(), Clock(5e8)
    cache = make(monotonic=monotonic, wall=wall)
    server.lifetime = lifetime
    first = cache.token(never())
    for clock in (monotonic, wall):
        clock.now += good * 0.99
    assert cache.token(never()) is first
    for clock in (monotonic, wall):
        clock.now += good * 0.02
    assert cache.token(never()) is not first
    assert len(server.asked(TOKEN)) == 2


@pytest.mark.parametrize(
    ("slept", "passed", "renewed"),
    [(500, 0, True), (0, 500, True), (-3600, 10, False), (-3600, 500, True), (10, 10, False)],
    ids=["system slept", "wall clock stands", "wall clock set back", "set back and expired", "nothing odd"],
)
def test_the_earlier_of_the_two_clocks_decides(
    server: FaultyServer, make: Make, slept: float, passed: float, renewed: bool
) -> None:
    monotonic, wall = Clock(), Clock(5e8)
    cache = make(monotonic=monotonic, wall=wall)
    first = cache.token(never())
    wall.now += slept
    monotonic.now += passed
    assert (cache.token(never()) is not first) == renewed


def test_the_lifetime_counts_from_the_start_of_the_request(server: FaultyServer, make: Make) -> None:
    """What the answer took on its way is gone from the lifetime."""
    clock = Clock()

    def late(exchange: Exchange) -> None:
        clock.now += 100
        answer({"access_token": "x", "expires_in": 300})(exchange)

    server.token(late)
    cache = make(monotonic=clock)
    assert cache.remaining(cache.token(never())) == 200


def test_a_refusal_is_remembered_briefly(server: FaultyServer, make: Make) -> None:
    clock = Clock()
    cache = make(monotonic=clock)
    server.always(TOKEN, REFUSED)
    for _ in range(20):
        with pytest.raises(AuthenticationError):
            cache.token(never())
    assert len(server.asked(TOKEN)) == 1
    clock.now += 11
    with pytest.raises(AuthenticationError):
        cache.token(never())
    assert len(server.asked(TOKEN)) == 2


def test_a_refused_pool_of_threads_asks_once(server: FaultyServer, make: Make) -> None:
    cache = make()
    server.always(TOKEN, after(0.1, REFUSED))
    with ThreadPoolExecutor(16) as threads:
        failures = [future.exception() for future in [threads.submit(cache.token, never()) for _ in range(16)]]
    assert {type(failure) for failure in failures} == {AuthenticationError}
    assert len({id(failure) for failure in failures}) == 16
    assert len(server.asked(TOKEN)) == 1


def test_threads_that_waited_share_the_failure_of_an_outage(server: FaultyServer, make: Make) -> None:
    """Else every one of them would go through all tries, one after another."""
    cache = make()
    server.always(TOKEN, after(0.05, status(503)))
    start = threading.Barrier(16)

    def ask() -> None:
        start.wait()
        cache.token(never())

    with ThreadPoolExecutor(16) as threads:
        failures = [future.exception() for future in [threads.submit(ask) for _ in range(16)]]
    assert {type(failure) for failure in failures} == {ServiceError}
    assert len(server.asked(TOKEN)) == POLICY.tries


def test_an_outage_is_not_remembered(server: FaultyServer, make: Make) -> None:
    cache = make()
    server.token(*[status(503)] * 5)
    with pytest.raises(ServiceError, match="503"):
        cache.token(never())
    assert cache.token(never())


@pytest.mark.parametrize("fault", [reset(), closed(), status(429, Retry_After="0"), status(502), html(), status(500)])
def test_a_passing_fault_is_tried_again(server: FaultyServer, make: Make, fault: Any) -> None:
    server.token(fault, fault)
    assert make().token(never())
    assert len(server.asked(TOKEN)) == 3


def test_nobody_listening_is_a_connection_failure() -> None:
    transport = Transport(connect_timeout=2, read_timeout=2)
    grant = ClientCredentials(
        Credentials("1", "c", Secret(SECRET)), f"http://127.0.0.1:{DEAD_PORT}/", transport, policy=POLICY
    )
    with pytest.raises(ConnectionFailedError, match="refuses connections"):
        grant.token(never())


def test_invalidating_drops_only_the_token_that_was_sent(server: FaultyServer, make: Make) -> None:
    cache = make()
    old = cache.token(never())
    cache.invalidate(old)
    new = cache.token(never())
    cache.invalidate(old)
    assert cache.token(never()) is new
    assert len(server.asked(TOKEN)) == 2


def test_two_caches_share_nothing(server: FaultyServer, make: Make) -> None:
    assert make().token(never()).secret != make().token(never()).secret


def test_a_closed_cache_forgets_and_refuses(make: Make) -> None:
    cache = make()
    cache.token(never())
    cache.close()
    with pytest.raises(SessionClosedError):
        cache.token(never())
    assert not any(isinstance(value, (Credentials, Secret)) for value in vars(cache).values())


def test_a_token_that_arrives_after_closing_is_not_kept(server: FaultyServer, make: Make) -> None:
    cache = make()
    server.token(after(0.1, answer({"access_token": "late", "expires_in": 300})))
    with ThreadPoolExecutor(1) as threads:
        asked = threads.submit(cache.token, never())
        while not server.asked(TOKEN):
            threading.Event().wait(0.005)
        cache.close()
        asked.result()
    assert "_token" in vars(cache)
    assert vars(cache)["_token"] is None


def test_waiting_for_anothers_fetch_can_be_stopped(server: FaultyServer, make: Make) -> None:
    cache = make()
    server.token(stall())
    stop_first, stop_second = threading.Event(), threading.Event()
    with ThreadPoolExecutor(2) as threads:
        first = threads.submit(cache.token, Stop(stop_first))
        server.stalled.acquire(timeout=PATIENT)
        second = threads.submit(cache.token, Stop(stop_second))
        stop_second.set()
        assert isinstance(second.exception(timeout=PATIENT), TransportError)
        assert not first.done()
        stop_first.set()
        assert isinstance(first.exception(timeout=PATIENT), TransportError)
    assert cache.token(never()), "a stop is not remembered as a failure"


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_fork_in_the_middle_of_a_fetch_leaves_the_child_usable(server: FaultyServer, make: Make) -> None:
    """The lock that another thread held is not held in the child."""
    cache = make()
    server.token(stall())
    stop = threading.Event()
    with ThreadPoolExecutor(1) as threads:
        fetching = threads.submit(cache.token, Stop(stop))
        server.stalled.acquire(timeout=PATIENT)
        child = os.fork()
        if child == 0:
            try:
                cache.token(never())
                os._exit(0)
            except BaseException:
                os._exit(1)
        assert os.waitpid(child, 0)[1] == 0
        stop.set()
        assert fetching.exception(timeout=PATIENT)


@pytest.mark.parametrize("act", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_pickled_or_copied(make: Make, act: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError, match="secrets"):
        act(make())


def test_nothing_of_it_prints_a_secret(make: Make) -> None:
    cache = make()
    token = cache.token(never())
    shown = f"{cache!r} {vars(cache)!r} {token!r} {token} {vars(vars(cache)['_source'])!r}"
    assert SECRET not in shown
    assert token.secret.reveal() not in shown


def test_an_error_can_be_raised_many_times_without_growing(server: FaultyServer, make: Make) -> None:
    """What is remembered is copied, so that threads do not share one traceback."""
    cache = make()
    server.always(TOKEN, REFUSED)
    errors: list[RetarusError] = []
    for _ in range(3):
        with pytest.raises(AuthenticationError) as caught:
            cache.token(never())
        errors.append(caught.value)
    assert len({str(error) for error in errors}) == 1
    assert all(error.__cause__ is None and error.__context__ is None for error in errors)
