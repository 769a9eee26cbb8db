"""An interrupt, whenever it strikes, leaves a form that can be used, and nothing of a secret once somebody logs out."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable, Iterator
from itertools import count

import pytest

import retarus_pandas as rt
from retarus_pandas.notebook.signin.form import LoginForm
from retarus_pandas.sandbox import Sandbox
from retarus_pandas.session.current import current_session, make_current
from retarus_pandas.values import Credentials, Endpoints, Secret
from support.canaries import CLIENT, CUSTOMER, SECRET
from support.interrupts import interrupt
from support.replies import stall
from support.servers import TOKEN as TOKEN_PATH
from support.servers import Exchange, FaultyServer
from support.signing_in import wait

OTHER = "0ther-s3cret-th4t-is-kept"


def is_held(text: str) -> bool:
    """Whether any secret in memory is this one; some are only half made, by an interrupt."""
    made = [each for each in gc.get_objects() if type(each) is Secret and hasattr(each, "_Secret__text")]
    return any(each.reveal() == text for each in made)


def every_moment(act: Callable[[], object], step: int = 1) -> Iterator[KeyboardInterrupt]:
    """The interrupt before each line, until there is none left; whoever asks for the next has made `act` possible."""
    for after in count(step=step):
        struck = interrupt(act, after)
        if struck is None:
            assert after > 2
            return
        yield struck


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(rows=1) as running:
        yield running


def session_in(box: Sandbox, secret: str = SECRET) -> rt.Session:
    return rt.Session(CUSTOMER, CLIENT, secret, api_url=box.api_url, token_url=box.token_url)


def test_a_click_that_is_interrupted_leaves_a_form_that_can_be_used(box: Sandbox) -> None:
    """Either the try goes on, or it can be begun anew; what was typed is held until then, and no longer."""
    form = LoginForm(
        lambda credentials, endpoints: session_in(box),
        lambda: session_in(box),
        Credentials(CUSTOMER, CLIENT, Secret(OTHER)),
        Endpoints(),
    )
    form.ask()

    def click() -> None:
        assert form.questions is not None
        form.questions.sandbox.click()

    def go_on() -> None:
        wait()
        if form.questions is not None:
            assert current_session() is None
            assert not form.questions.log_in.disabled
            click()
            wait()
        ((_, leave),) = [row.children for row in form.panel.children]
        leave.click()
        assert not is_held(SECRET)
        assert not is_held(OTHER)

    for _ in every_moment(click):
        go_on()
    go_on()


def test_a_log_out_that_is_interrupted_is_done_by_the_next(box: Sandbox) -> None:
    """With the frames of the interrupt still at hand, as a notebook keeps them."""
    make_current(session_in(box))
    for struck in every_moment(rt.logout):
        rt.logout()
        assert current_session() is None
        assert not is_held(SECRET), struck.__traceback__
        make_current(session_in(box))


def test_a_button_to_log_out_that_is_interrupted_can_be_pressed_again(box: Sandbox) -> None:
    form = LoginForm(
        lambda credentials, endpoints: session_in(box),
        lambda: session_in(box),
        Credentials(CUSTOMER, CLIENT, Secret("")),
        Endpoints(),
    )

    def sign_in() -> None:
        if form.questions is None:
            form.ask()
        assert form.questions is not None
        form.questions.sandbox.click()
        wait()

    def leave() -> None:
        ((_, button),) = [row.children for row in form.panel.children]
        button.click()

    sign_in()
    for _ in every_moment(leave, step=25):
        if form.questions is None:
            leave()
        assert form.questions is not None
        assert current_session() is None
        assert not is_held(SECRET)
        sign_in()


def test_a_sign_in_that_is_interrupted_leaves_no_open_session() -> None:
    """Its error is kept by a notebook, with the frames and so with the session."""

    def strike(exchange: Exchange) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        stall()(exchange)

    with FaultyServer() as server:
        server.always(TOKEN_PATH, strike)
        places = server.endpoints
        with pytest.raises(KeyboardInterrupt):
            rt.login(CUSTOMER, CLIENT, SECRET, api_url=places.api_url, token_url=places.token_url)
        open_ones = [each for each in gc.get_objects() if type(each) is rt.Session and not each.closed]
        assert open_ones == []
