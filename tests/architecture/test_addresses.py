"""Every address answers everybody properly: with a page, a refusal or a way to sign in."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from clairevoie.accounts.models import Member
from tests.architecture.addresses import addresses
from tests.architecture.source import nothing
from tests.cast import Person


def _answers(client: Client, member: Member | None) -> dict[str, int]:
    found = {}
    for address in addresses():
        if member is not None:
            client.force_login(member)
        found[address.sample] = client.get(address.sample).status_code
    return found


def _broken(answers: dict[str, int]) -> list[str]:
    return [f"{status} {path}" for path, status in answers.items() if status >= 500]


@pytest.mark.django_db
def test_a_stranger_is_never_broken_and_sees_nothing_private(client: Client) -> None:
    answers = _answers(client, None)

    nothing(_broken(answers), mend="these addresses break for a stranger")
    nothing(
        (
            f"{status} {path}"
            for path, status in answers.items()
            if path.startswith(("/mon-compte/", "/gestion/"))
            and status == 200
            # The back office's own way in, and the reasons of its JavaScript.
            and not path.startswith(("/gestion/login/", "/gestion/jsi18n/"))
        ),
        mend="a stranger sees these",
    )


@pytest.mark.django_db
def test_a_learner_sees_nothing_of_the_back_office_and_loses_nothing(
    client: Client, alice: Person
) -> None:
    answers = _answers(client, alice.member)

    nothing(_broken(answers), mend="these addresses break for a learner")
    nothing(
        (
            f"{status} {path}"
            for path, status in answers.items()
            if path.startswith("/gestion/")
            and status == 200
            and not path.startswith(("/gestion/login/", "/gestion/jsi18n/"))
        ),
        mend="a learner sees these",
    )
    alice.member.refresh_from_db()
    assert alice.member.email == alice.canaries.email, "a GET changes nothing"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["bob", "eve", "flora", "gaston", "helene"])
def test_no_address_breaks_for_staff(
    name: str, client: Client, request: pytest.FixtureRequest
) -> None:
    person: Person = request.getfixturevalue(name)
    Authenticator.objects.create(user=person.member, type=Authenticator.Type.TOTP, data={})

    answers = _answers(client, person.member)

    nothing(_broken(answers), mend=f"these addresses break for {name}")
    assert answers["/gestion/"] == 200


@pytest.mark.django_db
def test_the_addresses_of_the_design_exist(client: Client) -> None:
    public = (
        *("/", "/confidentialite/", "/confidentialite/v1/", "/inscription/", "/connexion/"),
        *("/.well-known/security.txt", "/.well-known/gpc.json", "/sante/"),
    )

    nothing(
        (f"{path} {status}" for path in public if (status := client.get(path).status_code) != 200),
        mend="these public addresses do not answer",
    )
    assert client.get("/.well-known/change-password").status_code in (302, 303)
    assert client.get("/mon-compte/").status_code == 302
    assert client.get("/gestion/").status_code == 302
