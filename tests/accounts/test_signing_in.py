"""Signing in with any of three identifiers, and what wrong attempts meet."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.db import connection
from django.test import Client

from clairevoie import privacy
from clairevoie.accounts.actions import suspending
from clairevoie.accounts.models import Member, SecurityEvent, Session
from clairevoie.lib import calendar
from tests.cast import PASSWORD, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db


def sign_in(client: Client, login: str, password: str = PASSWORD, **extra: str) -> Any:
    return client.post("/connexion/", {"login": login, "password": password, **extra})


def with_phone(person: Person) -> str:
    Member.objects.filter(pk=person.member.pk).update(
        phone=person.canaries.phone, phone_verified=True
    )
    return "0" + person.canaries.phone.removeprefix("+33")


@pytest.mark.parametrize("identifier", ["email", "EMAIL", "pseudo", "PSEUDO", "phone"])
def test_each_identifier_opens_the_account(client: Client, alice: Person, identifier: str) -> None:
    phone = with_phone(alice)
    typed = {
        "email": alice.canaries.email,
        "EMAIL": alice.canaries.email.upper(),
        "pseudo": alice.canaries.pseudo,
        "PSEUDO": alice.canaries.pseudo.upper(),
        "phone": phone,
    }

    response = sign_in(client, typed[identifier])

    assert response.status_code == 302, response.context["form"].errors
    assert response["Location"] == "/mon-compte/"


@promise("P-081")
def test_nothing_tells_an_unknown_identifier_from_a_wrong_password(
    client: Client, alice: Person
) -> None:
    wrong = sign_in(client, alice.canaries.email, "pas le bon mot")
    unknown = sign_in(client, "personne@exemple.fr", "pas le bon mot")

    assert wrong.status_code == unknown.status_code == 400
    errors = [list(r.context["form"].non_field_errors()) for r in (wrong, unknown)]
    assert errors[0] == errors[1]


@promise("P-081")
def test_the_eleventh_wrong_attempt_in_an_hour_waits(client: Client, alice: Person) -> None:
    with_phone(alice)
    names = (alice.canaries.email, alice.canaries.pseudo, alice.canaries.phone)

    answers = [sign_in(client, names[n % 3], "faux").status_code for n in range(10)]
    eleventh = sign_in(client, alice.canaries.email, "faux")
    even_right = sign_in(client, alice.canaries.pseudo)

    assert answers == [400] * 10
    assert (eleventh.status_code, even_right.status_code) == (429, 429)
    kinds = SecurityEvent.objects.filter(subject=alice.subject).values_list("kind", flat=True)
    assert list(kinds).count("sign-in-failed") == 10
    assert "sign-in-throttled" in kinds


def test_a_failure_of_ours_is_not_written_as_the_person_s_attempts(
    client: Client, alice: Person, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "no rate at all"}

    with pytest.raises(ValueError, match="no rate at all"):
        sign_in(client, alice.canaries.email)

    assert not SecurityEvent.objects.exists()


def test_a_wrong_attempt_on_nobody_keeps_nothing_of_what_was_typed(client: Client) -> None:
    sign_in(client, "zzyx.secret@exemple.fr", "faux")

    event = SecurityEvent.objects.get()
    assert event.subject is None
    assert event.kind == "sign-in-failed"


@promise("P-081")
def test_passwords_are_hashed_with_argon2id(alice: Person, bob: Person) -> None:
    assert alice.member.password.startswith("argon2$argon2id$")
    assert identify_hasher(bob.member.password).algorithm == "argon2"


@promise("P-082", "P-090")
def test_a_suspended_member_reads_why_and_how_to_contest(
    client: Client, alice: Person, eve: Person
) -> None:
    sign_in(client, alice.canaries.email)
    suspending.suspend_member(
        member=alice.member,
        author=eve.member,
        reason_code="sharing",
        reason="Compte prêté",
        appeal="Répondez à la présidente",
        at=calendar.now(),
    )

    again = sign_in(Client(), alice.canaries.email)
    wrong = sign_in(Client(), alice.canaries.email, "faux")

    assert client.get("/mon-compte/").status_code == 302
    assert again.status_code == 403
    assert "Répondez à la présidente" in again.content.decode()
    assert wrong.status_code == 400
    assert not Session.objects.filter(started_at__isnull=False).exists()


def test_a_closed_account_opens_no_more(client: Client, alice: Person) -> None:
    privacy.close(alice.subject, on=calendar.today())

    response = sign_in(client, alice.canaries.email)

    assert response["Location"] == "/compte-inactif/"
    assert client.get("/mon-compte/").status_code == 302


def test_signing_in_leads_only_to_our_own_pages(client: Client, alice: Person) -> None:
    response = client.post(
        "/connexion/",
        {"login": alice.canaries.email, "password": PASSWORD, "next": "https://ailleurs.example/"},
    )

    assert response["Location"] == "/mon-compte/"


@pytest.mark.parametrize("login", ["x" * 3000, "\x00", "'; DROP TABLE", "\n", "é" * 200])
def test_strange_identifiers_are_refused_calmly(client: Client, login: str) -> None:
    assert sign_in(client, login).status_code == 400


def test_the_log_holds_the_address_of_whoever_came(client: Client, alice: Person) -> None:
    client.post(
        "/connexion/",
        {"login": alice.canaries.email, "password": PASSWORD},
        REMOTE_ADDR=alice.canaries.ip,
        headers={"user-agent": "Mozilla/5.0 (X11; Linux) Firefox/140.0"},
    )

    event = SecurityEvent.objects.get(kind="signed-in")
    assert event.ip == alice.canaries.ip
    assert event.subject == alice.subject
    page = client.get("/mon-compte/securite/").content.decode()
    assert "Firefox, Linux" in page
    assert alice.canaries.ip in page


def test_a_pseudo_is_found_in_any_case_by_its_index(alice: Person) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # a few rows are read whole otherwise
    called = Member.objects.called([alice.canaries.pseudo.upper(), "personne"])

    assert called.get() == alice.member
    assert Member.objects.get_by_natural_key(alice.canaries.pseudo.lower()) == alice.member
    assert "member_pseudo_any_case" in called.explain()
