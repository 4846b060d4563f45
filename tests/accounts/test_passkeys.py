"""What a passkey's form receives without a device: forged, cut, of another shape, of nobody."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from clairevoie.accounts.models import Session

if TYPE_CHECKING:
    from tests.accounts.conftest import SignIn
    from tests.cast import Person

pytestmark = pytest.mark.django_db

LOGIN = "/connexion/cle/"
ADD = "/mon-compte/securite/cles/ajouter/"
REFUSED = "Cette clé n’a pas été reconnue"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def answer_of(handle: bytes, **changes: Any) -> dict[str, Any]:
    """The shape of an answer, signed by nobody."""
    said = json.dumps({"type": "webauthn.get", "challenge": "AAAA", "origin": "http://testserver"})
    response = {
        "clientDataJSON": encoded(said.encode()),
        "authenticatorData": encoded(bytes(37)),
        "signature": encoded(b"forged"),
        "userHandle": encoded(handle),
    }
    whole = {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": response}
    return whole | changes


GARBAGE = [
    "",
    "{",
    "null",
    "[]",
    "1",
    '"texte"',
    "{}",
    '{"response": null}',
    '{"response": {"userHandle": "%%%"}}',
    '{"response": {"userHandle": 7}}',
    '{"id": "AAAA", "rawId": "BBBB", "response": {}}',
    json.dumps(answer_of(b"", response={"userHandle": None})),
    json.dumps(answer_of(b"", response=[])),
    json.dumps(answer_of(b"x" * 5000)),
    json.dumps(answer_of(b"1", rawId=[1], id=[1])),
    json.dumps(answer_of(UUID(int=7).bytes)),
    "[" * 900 + "]" * 900,
]


@pytest.mark.parametrize("sent", GARBAGE)
def test_garbage_opens_nothing_and_breaks_nothing(client: Client, sent: str) -> None:
    client.get(LOGIN, headers={"accept": "application/json"})

    answer = client.post(LOGIN, {"credential": sent}, follow=True)

    assert answer.redirect_chain == [("/connexion/", 302)]
    assert REFUSED in answer.content.decode()
    assert not Session.objects.filter(started_at__isnull=False).exists()


@pytest.mark.parametrize("sent", GARBAGE)
def test_garbage_adds_no_key(alice: Person, signed_in: SignIn, sent: str) -> None:
    client = signed_in(alice)
    client.get(ADD)

    answer = client.post(ADD, {"name": "Mon téléphone", "credential": sent})

    assert answer.status_code == 400
    page = answer.content.decode()
    assert REFUSED in page
    assert 'value="Mon téléphone"' in page
    assert not Authenticator.objects.exists()


def test_naming_somebody_without_their_key_opens_nothing(client: Client, alice: Person) -> None:
    client.get(LOGIN, headers={"accept": "application/json"})
    forged = json.dumps(answer_of(alice.subject.uuid.bytes))

    answer = client.post(LOGIN, {"credential": forged}, follow=True)

    assert REFUSED in answer.content.decode()
    assert not Session.objects.filter(started_at__isnull=False).exists()


def test_an_answer_without_a_question_opens_nothing(client: Client, alice: Person) -> None:
    forged = json.dumps(answer_of(alice.subject.uuid.bytes))

    answer = client.post(LOGIN, {"credential": forged}, follow=True)

    assert REFUSED in answer.content.decode()


def test_a_device_learns_the_uuid_and_not_the_number(alice: Person, signed_in: SignIn) -> None:
    page = signed_in(alice).get(ADD)

    person = page.context["js_data"]["creation_options"]["publicKey"]["user"]
    assert person["id"] == encoded(alice.subject.uuid.bytes)
    assert person["displayName"] == alice.member.full_name


def test_the_name_of_a_key_is_short(alice: Person, signed_in: SignIn) -> None:
    answer = signed_in(alice).post(ADD, {"name": "N" * 61, "credential": "{}"})

    assert answer.status_code == 400
    assert "name" in answer.context["form"].errors
