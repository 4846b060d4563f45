"""Text messages by Brevo: what its API answers, what it never answers, and whether it may."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings

from clairevoie import messaging, privacy
from clairevoie.messaging import checks
from clairevoie.messaging.doors import brevo
from clairevoie.messaging.journal import Journal
from clairevoie.messaging.models import Message, State
from clairevoie.privacy import egress
from clairevoie.privacy.models import Disclosure
from tests.cast import NOW, Person
from tests.messaging.provider import sign_with
from tests.promises import promise

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = {"title": "Une nouvelle", "words": "Voici la nouvelle."}
SILENCE = 0  # it takes the message and hangs up without a word


class Carrier(ThreadingHTTPServer):
    """Answers as Brevo's API does, with the statuses that a test lays out."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Api)
        self.statuses: list[int] = []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []  # path, key, message
        self.taken: list[dict[str, Any]] = []
        self.journals: list[str] = []  # what the worker had noted when it asked


class Api(BaseHTTPRequestHandler):
    server: Carrier

    def do_POST(self) -> None:  # the library's name
        noted = (Path(settings.HOME) / "outgoing").glob("*.journal")
        self.server.journals.append("".join(path.read_text() for path in noted))
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, self.headers["api-key"], said))
        status = self.server.statuses.pop(0) if self.server.statuses else 201
        if status in (201, SILENCE):
            self.server.taken.append(said)
        if status == SILENCE:
            self.close_connection = True
            return
        answer = b'{"messageId": 1511882900176220}' if status == 201 else b'{"code": "x"}'
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def carrier(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Carrier]:
    """The provider that the organisation chose, configured and wrote into its policy."""
    sign_with("brevo-sms", tmp_path, monkeypatch)
    server = Carrier()
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    settings.CLAIREVOIE_SMS = "brevo"
    settings.CLAIREVOIE_SMS_KEY, settings.CLAIREVOIE_SMS_SENDER = "secret", "Smart Solut"
    settings.CLAIREVOIE_SMS_URL = f"http://127.0.0.1:{server.server_port}/v3/"
    yield server
    server.shutdown()
    server.server_close()


def text(person: Person, words: str = NOTE["words"]) -> Message:
    message = messaging.send(
        person.subject,
        "note",
        "information",
        context={**NOTE, "words": words},
        at=NOW,
        channel="sms",
    )
    message.refresh_from_db()
    return message


@promise("P-063")
def test_a_text_message_leaves_by_brevo_and_the_person_is_told_who_had_their_number(
    alice: Person, carrier: Carrier
) -> None:
    message = text(alice)

    ((path, key, said),) = carrier.asked
    assert (message.state, message.text, message.address) == (State.SENT, "", "")
    assert (path, key) == ("/v3/transactionalSMS/send", "secret")
    assert said["recipient"] == alice.canaries.phone.removeprefix("+")
    assert (said["sender"], said["type"]) == ("Smart Solut", "transactional")
    assert said["content"].startswith(NOTE["words"])
    (exit_,) = Disclosure.including_restricted.filter(subject=alice.subject)
    assert (exit_.recipient, exit_.fields) == ("brevo-sms", "phone")


@pytest.mark.parametrize("words", ["Déjà là : 12 €", "Ça reçoit ’"])
def test_signs_that_short_texts_lack_are_sent_as_they_are(
    alice: Person, carrier: Carrier, words: str
) -> None:
    text(alice, words)

    ((_, _, said),) = carrier.asked
    assert said["content"].startswith(words)
    assert said["unicodeEnabled"] is ("ç" in words)


@pytest.mark.parametrize(
    ("status", "state", "tries"),
    [
        (400, State.FAILED, 1),  # no such number: another try would not help
        (404, State.FAILED, 1),
        (302, State.FAILED, 1),  # nobody is followed elsewhere with a number
        (401, State.SENT, 2),  # our key, our bill: mended meanwhile
        (402, State.SENT, 2),
        (429, State.SENT, 2),
        (503, State.SENT, 2),
        (500, State.UNCONFIRMED, 1),  # it may have left: never twice
        (SILENCE, State.UNCONFIRMED, 1),
    ],
)
def test_what_brevo_answers_decides_whether_it_is_asked_again(
    alice: Person, carrier: Carrier, status: int, state: State, tries: int
) -> None:
    carrier.statuses = [status]

    message = text(alice)
    messaging.deliver_due(at=NOW + timedelta(minutes=4))  # too early for a second try
    assert len(carrier.asked) == 1
    messaging.deliver_due(at=NOW + timedelta(minutes=5))

    message.refresh_from_db()
    assert (message.state, len(carrier.asked)) == (state, tries)
    assert len(carrier.taken) == ((status != 400 and state == State.SENT) or status == SILENCE)


def test_an_answer_that_takes_too_long_is_not_waited_for_nor_asked_twice(
    alice: Person, settings: Any, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brevo, "PATIENCE", (1, 0.05))
    monkeypatch.setattr(Api, "do_POST", lambda self: self.rfile.read(10_000_000))

    message = text(alice)
    again = messaging.deliver_due(at=NOW + timedelta(days=1))

    assert (message.state, again) == (State.UNCONFIRMED, 0)


def test_a_server_that_is_down_loses_nothing(
    alice: Person, settings: Any, carrier: Carrier
) -> None:
    there, settings.CLAIREVOIE_SMS_URL = settings.CLAIREVOIE_SMS_URL, "http://127.0.0.1:1/"

    message = text(alice)
    settings.CLAIREVOIE_SMS_URL = there
    messaging.deliver_due(at=NOW + timedelta(minutes=5))

    assert message.state == State.QUEUED
    assert len(carrier.taken) == 1


def test_a_kill_during_the_request_would_find_it_noted_and_send_no_second_one(
    alice: Person, carrier: Carrier
) -> None:
    message = text(alice)

    (held,) = carrier.journals
    assert held.splitlines()[-1] == f"posted {message.uuid.hex} 0"

    dead = Journal.opened()
    Message.objects.update(holder=dead.name, state=State.QUEUED, next_try_at=NOW)
    os.write(dead.descriptor, held.encode())
    dead.leave()
    messaging.deliver_due(at=NOW + timedelta(minutes=5))

    message.refresh_from_db()
    assert (message.state, len(carrier.asked)) == (State.UNCONFIRMED, 1)


def test_its_host_can_be_reached_once_its_row_is_active(
    carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert egress.may_reach("api.brevo.com")

    monkeypatch.delenv("CLAIREVOIE_POLICY")
    assert not egress.may_reach("api.brevo.com")


def test_brevo_as_the_policy_declares_it_passes(carrier: Carrier) -> None:
    assert checks.doors_lead_where_the_policy_says(None) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLAIREVOIE_SMS_KEY", ""),
        ("CLAIREVOIE_SMS_SENDER", ""),
        ("CLAIREVOIE_SMS_SENDER", "Smart Solutions"),
        ("CLAIREVOIE_SMS_SENDER", "Été"),
    ],
)
def test_brevo_half_configured_is_refused_at_start(
    carrier: Carrier, settings: Any, name: str, value: str
) -> None:
    setattr(settings, name, value)

    (error,) = checks.doors_lead_where_the_policy_says(None)

    assert error.id == "messaging.E008"
    assert name in error.msg


def test_it_is_off_until_the_policy_says_so(settings: Any) -> None:
    settings.CLAIREVOIE_SMS = "brevo"
    settings.CLAIREVOIE_SMS_KEY, settings.CLAIREVOIE_SMS_SENDER = "secret", "Smart"

    (error,) = checks.doors_lead_where_the_policy_says(None)

    assert error.id == "messaging.E001"
    assert "[brevo-sms]" in str(error.hint)


def test_whoever_left_no_number_is_not_asked_for_one(alice: Person, carrier: Carrier) -> None:
    privacy.forget_contact(alice.subject, kind="phone")

    assert text(alice).state == State.UNREACHABLE
    assert carrier.asked == []
