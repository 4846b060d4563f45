"""Mail by a provider over HTTP: what it answers, what it never answers, and whether it may."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import UUID

import pytest

from clairevoie import messaging
from clairevoie.messaging import checks
from clairevoie.messaging.doors.provider import _inline
from clairevoie.messaging.enclosures import described
from clairevoie.messaging.models import Message, State
from clairevoie.privacy.models import Disclosure
from tests.cast import NOW, Person
from tests.messaging.provider import sign_with

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = {"title": "Une nouvelle", "words": "Voici la nouvelle."}


class Brevo(HTTPServer):
    """Answers as Brevo's API does, with the statuses that a test lays out (0: hangs up)."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Api)
        self.statuses: list[int] = []
        self.mails: list[dict[str, Any]] = []


class Api(BaseHTTPRequestHandler):
    server: Brevo

    def do_POST(self) -> None:  # the library's name
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status = self.server.statuses.pop(0) if self.server.statuses else 201
        if status == 0:  # it may have sent it, and we shall never know
            self.server.mails.append(json.loads(body))
            self.close_connection = True
            return
        if status == 201:
            self.server.mails.append(json.loads(body))
        answer = json.dumps({"messageId": "<1@brevo>"} if status == 201 else {"code": "x"})
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def brevo(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Brevo]:
    """A provider that the organisation chose and wrote into its policy."""
    sign_with("brevo", tmp_path, monkeypatch)
    server = Brevo()
    Thread(target=server.serve_forever, daemon=True).start()
    settings.CLAIREVOIE_MAIL_PROVIDER = "brevo"
    settings.ANYMAIL = {
        "BREVO_API_KEY": "secret",
        "BREVO_API_URL": f"http://127.0.0.1:{server.server_port}/v3/",
    }
    yield server
    server.shutdown()
    server.server_close()


def write(person: Person) -> Message:
    message = messaging.send(person.subject, "note", "information", context=NOTE, at=NOW)
    message.refresh_from_db()
    return message


def test_a_mail_leaves_by_the_provider_with_its_own_headers(alice: Person, brevo: Brevo) -> None:
    message = write(alice)

    (mail,) = brevo.mails
    assert message.state == State.SENT
    assert mail["to"] == [{"email": alice.canaries.email}]
    assert "One-Click" in mail["headers"]["List-Unsubscribe-Post"]
    (exit_,) = Disclosure.including_restricted.filter(subject=alice.subject)
    assert exit_.recipient == "brevo"


PICTURE = messaging.Enclosure(
    uuid=UUID(int=7), name="salle.png", kind="image/png", content=b"\x89PNG\r\n\x1a\n"
)


def test_a_provider_without_room_for_pictures_gets_their_words(
    alice: Person, brevo: Brevo
) -> None:
    shown = (
        '<p>Voici <img src="cid:00000000000000000000000000000007@clairevoie" alt="la salle &gt;">'
    )

    assert described(shown) == "<p>Voici <em>[la salle &gt;]</em>"
    assert not messaging.are_carried()


def test_a_provider_with_room_for_pictures_gets_them_inside(settings: Any) -> None:
    settings.CLAIREVOIE_MAIL_PROVIDER = "mailjet"

    part = _inline(PICTURE)

    assert messaging.are_carried()
    assert part["Content-ID"] == f"<{PICTURE.number}>"
    assert (part.get_content_disposition(), part.get_filename()) == ("inline", "salle.png")
    assert part.get_payload(decode=True) == PICTURE.content


def test_an_answer_that_is_lost_is_listed_and_never_asked_for_twice(
    alice: Person, brevo: Brevo
) -> None:
    brevo.statuses = [0]

    message = write(alice)
    again = messaging.deliver_due(at=NOW + timedelta(days=2))

    assert (message.state, again, len(brevo.mails)) == (State.UNCONFIRMED, 0, 1)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (400, State.FAILED),
        (401, State.QUEUED),
        (429, State.QUEUED),
        (500, State.UNCONFIRMED),
        (503, State.QUEUED),
    ],
)
def test_what_the_provider_answers_decides(
    alice: Person, brevo: Brevo, status: int, state: State
) -> None:
    brevo.statuses = [status]

    assert write(alice).state == state


def test_a_provider_that_cannot_be_reached_is_tried_later(
    alice: Person, brevo: Brevo, settings: Any
) -> None:
    there, settings.ANYMAIL = (
        settings.ANYMAIL,
        {
            "BREVO_API_KEY": "secret",
            "BREVO_API_URL": "http://127.0.0.1:1/",
        },
    )

    message = write(alice)
    settings.ANYMAIL = there
    messaging.deliver_due(at=NOW + timedelta(minutes=5))

    assert message.state == State.QUEUED
    assert len(brevo.mails) == 1


def test_a_provider_the_policy_declares_passes(brevo: Brevo) -> None:
    assert checks.doors_lead_where_the_policy_says(None) == []


@pytest.mark.parametrize(
    ("name", "url", "number"),
    [
        ("mailjet", "", "messaging.E007"),
        ("carrier-pigeon", "", "messaging.E006"),
        ("amazon-ses", "", "messaging.E009"),  # its library is not one of ours
        ("brevo", "smtp://127.0.0.1", "messaging.E005"),
    ],
)
def test_a_provider_that_cannot_work_is_refused_at_start(
    brevo: Brevo, settings: Any, name: str, url: str, number: str
) -> None:
    settings.CLAIREVOIE_MAIL_PROVIDER, settings.EMAIL_URL = name, url

    (error,) = checks.doors_lead_where_the_policy_says(None)

    assert error.id == number


def test_a_provider_whose_row_is_inactive_is_refused_at_start(settings: Any) -> None:
    settings.CLAIREVOIE_MAIL_PROVIDER = "mailjet"
    settings.ANYMAIL = {"MAILJET_API_KEY": "a", "MAILJET_SECRET_KEY": "b"}

    (error,) = checks.doors_lead_where_the_policy_says(None)

    assert error.id == "messaging.E001"
    assert "[mailjet]" in str(error.hint)
