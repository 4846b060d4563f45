"""What our provider posts: believed with its secret alone, about our own messages alone."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clairevoie import messaging, privacy
from clairevoie.messaging.models import Message, State, Suppression
from tests.cast import NOW, Person

NOTE = {"title": "Une nouvelle", "words": "Voici la nouvelle."}
PLACE = "/retours/messagerie/"


@pytest.fixture(autouse=True)
def brevo(settings: Any) -> None:
    settings.CLAIREVOIE_MAIL_PROVIDER = "brevo"
    settings.ANYMAIL = {"BREVO_API_KEY": "k", "WEBHOOK_SECRET": "brevo:a-long-secret"}


def sent(person: Person) -> Message:
    message = messaging.send(person.subject, "note", "information", context=NOTE, at=NOW)
    Message.objects.filter(pk=message.pk).update(state=State.SENT)
    return message


def tell(
    event: str, person: Person, *, number: object, secret: str = "brevo:a-long-secret", **more: Any
) -> int:
    body = {
        "event": event,
        "email": person.canaries.email,
        "ts_epoch": 1_795_000_000_000,
        "X-Mailin-custom": json.dumps({"message": str(number)}),
        **more,
    }
    return int(
        Client(enforce_csrf_checks=True)
        .post(
            PLACE,
            json.dumps(body),
            content_type="application/json",
            headers={"authorization": f"Basic {b64encode(secret.encode()).decode()}"},
        )
        .status_code
    )


def refused(person: Person) -> bool:
    contact = ("email", person.canaries.email)
    return contact in messaging.suppressed([contact], "newsletter")


@pytest.mark.parametrize("reason", ["550 5.1.1 unknown", ""])
def test_a_dead_address_is_left_in_peace(alice: Person, reason: str) -> None:
    answer = tell("hard_bounce", alice, number=sent(alice).uuid, reason=reason)

    assert answer == 204
    assert refused(alice)
    assert Suppression.objects.get().because == Suppression.Because.BOUNCE


@pytest.mark.parametrize("event", ["spam", "unsubscribe"])
def test_a_complaint_stops_what_it_was_about(alice: Person, event: str) -> None:
    tell(event, alice, number=sent(alice).uuid)

    assert not privacy.may(alice.subject, "information").allowed
    assert privacy.may(alice.subject, "satisfaction").allowed


@pytest.mark.parametrize(
    ("event", "reason"),
    [("soft_bounce", ""), ("hard_bounce", "554 5.7.1 content refused"), ("delivered", "")],
)
def test_a_full_box_or_a_refused_content_blames_no_address(
    alice: Person, event: str, reason: str
) -> None:
    tell(event, alice, number=sent(alice).uuid, reason=reason)

    assert not refused(alice)


def test_what_was_opened_or_clicked_is_not_even_read(alice: Person) -> None:
    before = Message.objects.filter(pk=sent(alice).pk).values().get()

    tell("unique_opened", alice, number=before["uuid"])
    tell("click", alice, number=before["uuid"], link="https://exemple.fr")

    assert Message.objects.values().get() == before


@pytest.mark.parametrize("secret", ["brevo:guess", "x:y"])
def test_a_stranger_is_not_believed(alice: Person, secret: str) -> None:
    answer = tell("hard_bounce", alice, number=sent(alice).uuid, secret=secret)

    assert answer == 400
    assert not refused(alice)


def test_nothing_is_believed_about_messages_of_others(alice: Person, charlie: Person) -> None:
    answers = [
        tell("hard_bounce", alice, number=uuid4()),
        tell("hard_bounce", alice, number=sent(charlie).uuid),
        tell("spam", alice, number="nothing"),
    ]

    assert answers == [204, 204, 204]
    assert not refused(alice)
    assert not refused(charlie)


def test_without_a_secret_or_a_provider_the_door_is_a_wall(client: Client, settings: Any) -> None:
    settings.ANYMAIL = {"BREVO_API_KEY": "k"}
    without_secret = client.post(PLACE, "{}", content_type="application/json").status_code
    settings.ANYMAIL = {"WEBHOOK_SECRET": "a:b"}
    settings.CLAIREVOIE_MAIL_PROVIDER = ""
    without_provider = client.post(PLACE, "{}", content_type="application/json").status_code

    assert (without_secret, without_provider) == (404, 404)
    assert client.get(PLACE).status_code == 405
