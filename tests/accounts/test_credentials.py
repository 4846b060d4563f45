"""Passwords, addresses and second factors: changing them, losing them, being told."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client

from clairevoie import privacy
from clairevoie.accounts.models import Member, SecurityEvent, Session
from clairevoie.accounts.second_factor import has_second_factor
from clairevoie.lib import calendar
from clairevoie.lib.calendar import PARIS
from clairevoie.messaging import Message
from clairevoie.privacy.models import ContactPoint
from tests.cast import PASSWORD, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db

NEW = "rivage 7 Fougue lilas"
SECURITY = "/mon-compte/securite"


def signed_in(person: Person) -> Client:
    client = Client()
    answer = client.post("/connexion/", {"login": person.canaries.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def letters(template: str) -> Any:
    return Message.including_restricted.filter(template=f"accounts/{template}")


def link_in(message: Message) -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/\S+)", message.text)
    assert found, message.text
    return found[1]


def follow(client: Client, link: str, password: str = NEW) -> Any:
    page = client.get(link)
    if page.status_code != 302:
        return page
    return client.post(page["Location"], {"password1": password, "password2": password})


# --- A forgotten password ------------------------------------------------------------------------


@promise("P-081")
def test_a_link_by_email_serves_once(client: Client, alice: Person) -> None:
    elsewhere = signed_in(alice)
    answer = client.post("/mot-de-passe/oublie/", {"email": alice.canaries.email.upper()})
    assert answer["Location"] == "/mot-de-passe/oublie/envoye/"
    link = link_in(letters("password-reset").get())

    done = follow(client, link)
    again = follow(Client(), link, "encore autre chose 42")

    assert done["Location"] == "/mot-de-passe/nouveau/fait/"
    assert again.status_code == 200
    assert "Ce lien ne sert plus" in again.content.decode()
    assert Member.objects.get(pk=alice.member.pk).check_password(NEW)
    assert elsewhere.get(f"{SECURITY}/").status_code == 302
    assert letters("password-changed").get().subject_id == alice.subject.pk
    assert alice.subject.uuid.hex in link


@promise("P-081")
def test_a_link_dies_after_an_hour(client: Client, alice: Person) -> None:
    with time_machine.travel(datetime(2026, 11, 22, 10, tzinfo=PARIS), tick=False) as clock:
        client.post("/mot-de-passe/oublie/", {"email": alice.canaries.email})
        link = link_in(letters("password-reset").get())
        clock.shift(timedelta(hours=1, seconds=1))
        late = follow(client, link)

    assert "Ce lien ne sert plus" in late.content.decode()


def test_a_link_comes_by_sms_to_whoever_has_a_telephone_only(
    client: Client, alice: Person
) -> None:
    EmailAddress.objects.all().delete()
    Member.objects.filter(pk=alice.member.pk).update(
        email=None, phone=alice.canaries.phone, phone_verified=True
    )

    client.post("/mot-de-passe/oublie/", {"email": alice.canaries.phone})

    message = letters("password-reset").get()
    assert (message.channel, message.address) == ("sms", alice.canaries.phone)
    assert follow(client, link_in(message))["Location"] == "/mot-de-passe/nouveau/fait/"


@promise("P-085")
def test_the_email_recovers_an_account_until_it_is_erased(client: Client, alice: Person) -> None:
    client.post("/mot-de-passe/oublie/", {"email": alice.canaries.email})
    assert letters("password-reset").count() == 1
    privacy.erase(alice.subject, because="account", on=calendar.today())

    after = client.post("/mot-de-passe/oublie/", {"email": alice.canaries.email})

    assert after["Location"] == "/mot-de-passe/oublie/envoye/"
    assert not Message.including_restricted.exists()
    assert not EmailAddress.objects.filter(email=alice.canaries.email).exists()
    assert not ContactPoint.objects.filter(raw=alice.canaries.email).exists()


def test_nobody_s_address_gets_the_same_page_and_no_message(client: Client) -> None:
    answer = client.post("/mot-de-passe/oublie/", {"email": "personne@exemple.fr"})

    assert answer["Location"] == "/mot-de-passe/oublie/envoye/"
    assert not Message.including_restricted.exists()


@pytest.mark.parametrize("typed", ["", "pas une adresse", "a@b.fr\nBcc: c@d.fr", "12", "x" * 999])
def test_what_is_no_contact_is_refused(client: Client, typed: str) -> None:
    assert client.post("/mot-de-passe/oublie/", {"email": typed}).status_code == 400


@pytest.mark.parametrize("key", ["0" * 32 + "-abc", "f" * 32 + "-d1fj3g-" + "a" * 32])
def test_a_forged_link_opens_nothing(client: Client, key: str) -> None:
    page = client.get(f"/mot-de-passe/nouveau/{key}/")

    assert "Ce lien ne sert plus" in page.content.decode()


def test_a_weak_new_password_is_refused(client: Client, alice: Person) -> None:
    client.post("/mot-de-passe/oublie/", {"email": alice.canaries.email})

    answer = follow(client, link_in(letters("password-reset").get()), "Azerty2026!")

    assert answer.status_code == 400
    assert Member.objects.get(pk=alice.member.pk).check_password(PASSWORD)


def test_a_reset_ends_the_throttle(client: Client, alice: Person) -> None:
    for _ in range(11):
        client.post("/connexion/", {"login": alice.canaries.email, "password": "faux"})
    client.post("/mot-de-passe/oublie/", {"email": alice.canaries.email})
    follow(client, link_in(letters("password-reset").get()))

    answer = client.post("/connexion/", {"login": alice.canaries.email, "password": NEW})

    assert answer.status_code == 302


# --- Changing them ---------------------------------------------------------------------------


@promise("P-081")
def test_a_changed_password_closes_the_other_sessions_and_is_told(alice: Person) -> None:
    here, there = signed_in(alice), signed_in(alice)

    answer = here.post(
        f"{SECURITY}/mot-de-passe/", {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )

    assert answer.status_code == 302
    assert here.get(f"{SECURITY}/").status_code == 200
    assert there.get(f"{SECURITY}/").status_code == 302
    assert letters("password-changed").get().activity == "security"
    assert SecurityEvent.objects.filter(subject=alice.subject, kind="password-changed").exists()
    assert NEW not in letters("password-changed").get().text


@pytest.mark.parametrize(
    "typed",
    [
        {"oldpassword": "faux", "password1": NEW, "password2": NEW},
        {"oldpassword": PASSWORD, "password1": NEW, "password2": "autre"},
        {"oldpassword": PASSWORD, "password1": "court", "password2": "court"},
    ],
)
def test_a_password_is_not_changed_by_mistake(alice: Person, typed: dict[str, str]) -> None:
    assert signed_in(alice).post(f"{SECURITY}/mot-de-passe/", typed).status_code == 400


def code_to(address: str) -> str:
    message = Message.including_restricted.filter(address=address).latest("id")
    return str(re.findall(r"\b\d{8}\b", message.text)[0])


def test_an_address_is_replaced_once_the_new_one_is_proved(alice: Person) -> None:
    client = signed_in(alice)

    asked = client.post(f"{SECURITY}/e-mail/", {"email": "neuve@exemple.fr", "action_add": "1"})
    assert asked["Location"] == "/verification/e-mail/"
    assert Member.objects.get(pk=alice.member.pk).email == alice.canaries.email
    client.post(asked["Location"], {"code": code_to("neuve@exemple.fr")})

    assert Member.objects.get(pk=alice.member.pk).email == "neuve@exemple.fr"
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["neuve@exemple.fr"]
    point = ContactPoint.objects.get(subject=alice.subject, kind="email")
    assert (point.raw, point.verified_on) == ("neuve@exemple.fr", calendar.today())
    assert letters("email-changed").get().address == alice.canaries.email


@pytest.mark.parametrize("action", ["action_remove", "action_primary", "action_send", "rien"])
def test_the_page_of_the_address_does_nothing_else(alice: Person, action: str) -> None:
    client = signed_in(alice)

    for address in (alice.canaries.email, "autre@exemple.fr", "pas une adresse"):
        answer = client.post(f"{SECURITY}/e-mail/", {"email": address, action: "1"})
        assert answer.status_code == 302

    assert Member.objects.get(pk=alice.member.pk).email == alice.canaries.email
    assert EmailAddress.objects.get().verified


def test_an_address_of_somebody_else_cannot_be_taken(alice: Person, charlie: Person) -> None:
    client = signed_in(alice)

    asked = client.post(
        f"{SECURITY}/e-mail/", {"email": charlie.canaries.email, "action_add": "1"}
    )
    refused = client.post(asked["Location"], {"code": code_to(charlie.canaries.email)})

    assert refused.status_code == 400
    assert Member.objects.get(pk=alice.member.pk).email == alice.canaries.email


def test_a_telephone_is_added_once_proved(alice: Person) -> None:
    client = signed_in(alice)

    asked = client.post(f"{SECURITY}/telephone/", {"phone": "06 98 76 54 32"})
    assert asked["Location"] == "/verification/telephone/"
    assert Member.objects.get(pk=alice.member.pk).phone == alice.canaries.phone
    client.post(asked["Location"], {"code": code_to("+33698765432")})

    member = Member.objects.get(pk=alice.member.pk)
    assert (member.phone, member.phone_verified) == ("+33698765432", True)
    assert privacy.find("0698765432") == alice.subject


def test_sensitive_changes_ask_who_is_there(alice: Person) -> None:
    client = Client()
    client.force_login(alice.member)  # a session whose password was given long ago

    answer = client.post(f"{SECURITY}/e-mail/", {"email": "neuve@exemple.fr", "action_add": "1"})

    assert answer["Location"].startswith(f"{SECURITY}/confirmer/")
    assert client.post(f"{SECURITY}/confirmer/", {"password": "faux"}).status_code == 400


# --- Second factors ---------------------------------------------------------------------------


def code_of(secret: str) -> str:
    counters = list(yield_hotp_counters_from_time())
    counter = counters[len(counters) // 2]  # the present one: the first is about to expire
    return str(format_hotp_value(hotp_value(secret, counter)))


def install_application(client: Client) -> str:
    page = client.get(f"{SECURITY}/application/")
    secret: str = page.context["form"].secret
    assert "<svg" in page.content.decode()
    assert "<?xml" not in page.content.decode()
    answer = client.post(f"{SECURITY}/application/", {"code": code_of(secret)})
    assert answer["Location"] == f"{SECURITY}/codes/"
    return secret


def test_an_application_is_asked_for_at_the_next_sign_in(
    alice: Person, django_capture_on_commit_callbacks: Any
) -> None:
    client = signed_in(alice)
    with django_capture_on_commit_callbacks(execute=True):
        secret = install_application(client)
    codes = client.get(f"{SECURITY}/codes/").content.decode()
    assert len(re.findall(r"<code>\d{8}</code>", codes)) == 10
    assert letters("factor-added").exists()
    cache.clear()

    other = Client()
    step = other.post("/connexion/", {"login": alice.canaries.email, "password": PASSWORD})
    assert step["Location"] == "/connexion/second-facteur/"
    assert other.get("/mon-compte/").status_code == 302
    assert other.post(step["Location"], {"code": "000000"}).status_code == 400
    cache.clear()
    entered = other.post(step["Location"], {"code": code_of(secret)})

    assert entered["Location"] == "/mon-compte/"


def test_a_recovery_code_replaces_the_application_once(alice: Person) -> None:
    client = signed_in(alice)
    install_application(client)
    code = re.findall(r"<code>(\d{8})</code>", client.get(f"{SECURITY}/codes/").content.decode())[
        0
    ]

    for expected in (302, 400):
        cache.clear()
        other = Client()
        other.post("/connexion/", {"login": alice.canaries.email, "password": PASSWORD})
        answer = other.post("/connexion/second-facteur/", {"code": code})
        assert answer.status_code == expected


def test_secrets_of_second_factors_are_encrypted_at_rest(alice: Person) -> None:
    client = signed_in(alice)
    secret = install_application(client)

    stored = " ".join(str(a.data) for a in Authenticator.objects.all())

    assert secret not in stored
    assert isinstance(Authenticator.objects.get(type="totp").wrap(), TOTP)


@promise("P-080")
def test_staff_without_a_second_factor_see_nothing_of_the_back_office(eve: Person) -> None:
    client = signed_in(eve)

    before = client.get("/gestion/")
    page = client.get(before["Location"])
    install_application(client)

    assert before["Location"] == f"{SECURITY}/second-facteur/"
    assert page.status_code == 403
    assert has_second_factor(eve.member)
    assert client.get("/gestion/").status_code == 200


@promise("P-080")
def test_the_back_office_has_no_sign_in_of_its_own(client: Client, alice: Person) -> None:
    assert client.get("/gestion/")["Location"].startswith("/connexion/?next=")
    assert client.get("/gestion/login/").status_code in (302, 404)

    client.force_login(alice.member)

    assert client.get("/gestion/").status_code == 403


def test_the_page_of_keys_needs_no_script_to_be_read(alice: Person) -> None:
    client = signed_in(alice)

    listed = client.get(f"{SECURITY}/cles/").content.decode()
    added = client.get(f"{SECURITY}/cles/ajouter/").content.decode()
    forged = client.post(f"{SECURITY}/cles/ajouter/", {"name": "x", "credential": "{}"})

    assert "Aucune clé" in listed
    assert "creation_options" in added
    assert str(alice.member.pk) not in re.findall(r'"id": "([^"]+)"', added)
    assert forged.status_code == 400


def test_pages_of_somebody_else_s_keys_do_not_exist(alice: Person, charlie: Person) -> None:
    key = Authenticator.objects.create(
        user=alice.member, type="webauthn", data={"name": "Clé", "credential": {}}
    )
    client = signed_in(charlie)

    for verb in ("retirer", "renommer"):
        assert client.get(f"{SECURITY}/cles/{key.pk}/{verb}/").status_code == 404


def test_the_log_of_one_member_is_read_by_no_other(alice: Person, charlie: Person) -> None:
    Client().post(
        "/connexion/",
        {"login": alice.canaries.email, "password": PASSWORD},
        REMOTE_ADDR=alice.canaries.ip,
    )

    page = signed_in(charlie).get(f"{SECURITY}/").content.decode()

    assert alice.canaries.ip not in page
    assert Session.objects.filter(subject=alice.subject).exists()
