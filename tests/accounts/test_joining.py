"""Signing up: a name, one contact, a password; nothing that tells who already has an account."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from clairevoie import privacy
from clairevoie.accounts.actions import joining, leaving
from clairevoie.accounts.models import CacheEntry, Member, Session
from clairevoie.lib import calendar
from clairevoie.lib.speech import day_in_full
from clairevoie.messaging import Message
from clairevoie.privacy.models import (
    Acknowledgement,
    Consent,
    ContactPoint,
    DataSubject,
    LedgerEntry,
)
from tests.cast import NOW, PASSWORD, TODAY, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db

FORM = {
    "last_name": "Sukarno",
    "first_names": "",
    "email": "",
    "phone": "06 12 34 56 78",
    "password1": "verte lattes 4 Chêne!",
    "terms": "on",
}
BY_EMAIL = {**FORM, "phone": "", "email": "Nouvelle@exemple.fr"}


def sign_up(client: Client, **changes: str) -> Any:
    return client.post("/inscription/", {**FORM, **changes})


def code_sent_to(address: str) -> str:
    message = Message.including_restricted.filter(address=address).latest("id")
    found = re.search(r"\b\d{8}\b", message.text)
    assert found, message.text
    return found[0]


@promise("P-013", "P-014")
def test_a_person_with_one_name_and_a_telephone_signs_up(client: Client) -> None:
    response = sign_up(client)

    assert response.status_code == 302
    assert response["Location"] == "/verification/telephone/"
    member = Member.objects.get()
    assert (member.last_name, member.first_names) == ("Sukarno", "")
    assert member.email is None
    assert member.phone == "+33612345678"
    empty = (member.pseudo, member.gender, member.street, member.town, member.country)
    assert not any(empty)


def test_the_code_sent_by_sms_opens_the_account(client: Client) -> None:
    sign_up(client)

    wrong = client.post("/verification/telephone/", {"code": "00000000"})
    right = client.post("/verification/telephone/", {"code": code_sent_to("+33612345678")})

    assert wrong.status_code == 400
    assert right["Location"] == "/mon-compte/"
    member = Member.objects.get()
    assert member.phone_verified
    assert member.subject.contact_points.get().verified_on == calendar.today()
    assert member.subject.last_use == calendar.today()
    assert Session.objects.get(started_at__isnull=False).subject_id == member.pk


def test_the_code_sent_by_email_opens_the_account(client: Client) -> None:
    response = sign_up(client, phone="", email="Nouvelle@exemple.fr")
    assert response["Location"] == "/verification/e-mail/"

    opened = client.post("/verification/e-mail/", {"code": code_sent_to("nouvelle@exemple.fr")})

    assert opened["Location"] == "/mon-compte/"
    member = Member.objects.get()
    assert member.email == "nouvelle@exemple.fr"
    assert EmailAddress.objects.get(user=member).verified
    assert client.get("/mon-compte/").status_code == 200


@promise("P-014")
def test_two_people_with_a_telephone_only_and_nobody_with_neither(client: Client) -> None:
    first = sign_up(client)
    second = sign_up(Client(), phone="+33 6 98 76 54 32", last_name="Hatta")
    third = sign_up(Client(), phone="")

    assert (first.status_code, second.status_code, third.status_code) == (302, 302, 400)
    assert list(Member.objects.values_list("email", flat=True)) == [None, None]


@promise("P-006")
def test_reading_the_terms_is_no_consent(client: Client) -> None:
    sign_up(client)

    subject = Member.objects.get().subject
    read = Acknowledgement.including_restricted.filter(subject=subject)
    assert set(read.values_list("document", "version")) == {("cgu", "1"), ("policy", "1")}
    assert not Consent.including_restricted.exists()


def test_the_terms_must_be_read(client: Client) -> None:
    response = client.post("/inscription/", {k: v for k, v in FORM.items() if k != "terms"})

    assert response.status_code == 400
    assert not Member.objects.exists()


def test_the_ledger_names_nobody(client: Client) -> None:
    sign_up(client)

    entry = LedgerEntry.objects.get(executor="accounts.sign-up")
    assert entry.subject == DataSubject.objects.get().uuid
    assert "Sukarno" not in str(entry.facts)
    assert "33612345678" not in str(entry.facts)


@promise("P-081")
@pytest.mark.parametrize(
    "password",
    ["Azerty2026!", "Azerty2026!!!!", "motdepasse123", "aaaaaaaaaaaaaaaa", "Sukarno-0612!"],
)
def test_a_password_that_is_easily_guessed_is_refused(client: Client, password: str) -> None:
    response = sign_up(client, password1=password)

    assert response.status_code == 400
    assert "password1" in response.context["form"].errors
    assert not Member.objects.exists()


@promise("P-081")
@pytest.mark.parametrize(
    "password", ["Rivage7Fougue2", "cheval agrafe pluie bocal", "k8Qz!vRw3#mT"]
)
def test_fourteen_signs_of_three_classes_or_a_phrase_are_accepted(
    client: Client, password: str
) -> None:
    assert sign_up(client, password1=password).status_code == 302


@pytest.mark.parametrize(
    "email",
    [
        "victime@exemple.fr\nBcc: autre@exemple.fr",
        "victime@exemple.fr%0ABcc:autre@exemple.fr\r\n",
        "pas une adresse",
        "a@b",
        "x" * 300 + "@exemple.fr",
    ],
)
def test_an_address_that_would_inject_a_header_is_refused(client: Client, email: str) -> None:
    response = sign_up(client, phone="", email=email)

    assert response.status_code == 400
    assert not Member.objects.exists()
    assert not Message.including_restricted.exists()


@pytest.mark.parametrize("name", ["Nom\nBcc: x", "Nom\u202ecaché", "\u200b", "N" * 151, "  "])
def test_a_name_with_invisible_signs_is_refused(client: Client, name: str) -> None:
    assert sign_up(client, last_name=name).status_code == 400


def test_an_address_that_has_an_account_gets_the_same_answer(
    client: Client, alice: Person
) -> None:
    known = sign_up(client, phone="", email=alice.canaries.email)
    unknown = sign_up(Client(), phone="", email="nouvelle@exemple.fr")

    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert Member.objects.count() == 2
    letter = Message.including_restricted.get(address=alice.canaries.email)
    assert letter.template == "accounts/already-member"
    assert letter.subject_id == alice.subject.pk
    page = client.get(known["Location"])
    assert page.status_code == 200
    assert client.post(known["Location"], {"code": ""}).status_code == 400
    assert client.post(known["Location"], {"code": "00000000"}).status_code == 400


def test_a_session_that_pretends_belongs_to_the_person_it_could_betray(
    client: Client, alice: Person
) -> None:
    sign_up(client, phone="", email=alice.canaries.email)

    assert Session.objects.get().subject_id == alice.subject.pk
    assert Session.objects.get().started_at is None


@promise("P-090")
def test_a_suspended_person_comes_back_under_no_other_account(
    client: Client, alice: Person, eve: Person
) -> None:
    privacy.suspend(
        alice.subject,
        author=eve.subject.uuid,
        reason_code="abuse",
        reason="Abus",
        appeal="Écrire",
        on=calendar.today(),
    )
    privacy.erase(alice.subject, because="request", on=calendar.today())

    answer = sign_up(client, phone="", email="Zzyx.Alice+autre@exemple.fr")

    assert answer["Location"] == "/verification/e-mail/"
    assert not Member.objects.filter(last_name="Sukarno").exists()
    letter = Message.including_restricted.get(address="zzyx.alice+autre@exemple.fr")
    assert letter.template == "accounts/sign-up-refused"
    assert "contester" in letter.text


@promise("P-089")
def test_whoever_closed_today_reads_by_email_when_to_come_back(
    client: Client, alice: Person
) -> None:
    leaving.close_account(member=alice.member, at=calendar.now())

    sign_up(client, phone="", email=alice.canaries.email)

    letter = Message.including_restricted.filter(address=alice.canaries.email).latest("id")
    tomorrow = calendar.today() + timedelta(days=1)
    assert letter.template == "accounts/closed-not-erased"
    assert f"Dès le {day_in_full(tomorrow)}" in letter.text
    assert "/inscription/" in letter.text
    assert "/signalement/" in letter.text
    assert letter.subject_id == alice.subject.pk  # and it leaves with the account, tonight


def test_whoever_closed_today_reads_by_sms_when_to_come_back(
    client: Client, alice: Person
) -> None:
    Member.objects.filter(pk=alice.member.pk).update(phone="+33612345678", phone_verified=True)
    leaving.close_account(member=alice.member, at=calendar.now())

    sign_up(client)

    text = Message.including_restricted.get(address="+33612345678").text
    assert "effacé cette nuit" in text
    assert alice.canaries.last_name not in text


def test_a_closed_account_that_cannot_leave_yet_promises_no_day(
    client: Client, alice: Person
) -> None:
    leaving.close_account(member=alice.member, at=calendar.now())
    privacy.restrict(alice.subject, ground="accuracy", on=calendar.today())

    sign_up(client, phone="", email=alice.canaries.email)

    letter = Message.including_restricted.filter(address=alice.canaries.email).latest("id")
    assert letter.template == "accounts/closed-not-erased"
    assert "ne peuvent pas encore partir" in letter.text
    assert "Dès le" not in letter.text


def test_the_screen_is_the_same_for_an_open_a_closed_and_an_unknown_address(
    alice: Person, charlie: Person
) -> None:
    leaving.close_account(member=alice.member, at=calendar.now())

    def seen(email: str) -> tuple[int, str, str]:
        browser = Client()
        answer = sign_up(browser, phone="", email=email)
        page = browser.get(answer["Location"]).content.decode()
        drawn = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page).replace(email, "…")
        return answer.status_code, answer["Location"], drawn

    screens = {
        seen(email)
        for email in (alice.canaries.email, charlie.canaries.email, "nouvelle@exemple.fr")
    }

    assert len(screens) == 1


def test_signing_up_again_neither_opens_nor_erases_a_closed_account(
    client: Client, alice: Person
) -> None:
    leaving.close_account(member=alice.member, at=calendar.now())

    sign_up(client, phone="", email=alice.canaries.email)
    guess = client.post("/verification/e-mail/", {"code": "00000000"})

    member = Member.objects.get()
    assert (member.pk, member.email) == (alice.member.pk, alice.canaries.email)
    assert not member.is_active
    assert member.subject.closed_on == calendar.today()
    assert guess.status_code == 400


def test_a_suspended_person_who_closed_reads_of_the_suspension(
    client: Client, alice: Person, eve: Person
) -> None:
    privacy.suspend(
        alice.subject,
        author=eve.subject.uuid,
        reason_code="abuse",
        reason="Abus",
        appeal="Écrire",
        on=calendar.today(),
    )
    leaving.close_account(member=alice.member, at=calendar.now())

    sign_up(client, phone="", email=alice.canaries.email)

    letter = Message.including_restricted.filter(address=alice.canaries.email).latest("id")
    assert letter.template == "accounts/sign-up-refused"


@promise("P-089")
def test_after_the_night_the_same_address_opens_a_new_account(
    client: Client, alice: Person
) -> None:
    former = alice.subject.uuid
    leaving.close_account(member=alice.member, at=calendar.now())
    privacy.retention.carry_out(privacy.retention.plan(calendar.today() + timedelta(days=1)))

    sign_up(client, phone="", email=alice.canaries.email)
    code = code_sent_to(alice.canaries.email)
    opened = client.post("/verification/e-mail/", {"code": code})

    assert opened["Location"] == "/mon-compte/"
    member = Member.objects.get()
    assert member.subject.uuid != former
    assert (member.last_name, member.pseudo) == ("Sukarno", None)


@pytest.mark.django_db(transaction=True)
def test_two_sign_ups_of_one_address_at_once_make_one_account() -> None:
    def post(_number: int) -> int:
        try:
            status: int = Client().post("/inscription/", BY_EMAIL).status_code
            return status
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = sorted(pool.map(post, range(4)))

    assert Member.objects.count() == 1
    assert set(answers) <= {302, 429}
    assert ContactPoint.objects.filter(subject=Member.objects.get().subject).count() == 1
    assert Acknowledgement.including_restricted.count() == 2


def test_a_flood_of_sign_ups_from_one_address_is_stopped(client: Client) -> None:
    answers = [client.post("/inscription/", {}) for _ in range(40)]

    statuses = [answer.status_code for answer in answers]
    assert statuses[:20] == [400] * 20
    assert set(statuses[20:]) == {429}
    assert "Trop de demandes" in answers[-1].content.decode()
    assert answers[-1]["Retry-After"] == "60"


def test_the_counters_of_attempts_name_no_address(client: Client) -> None:
    client.post(
        "/connexion/", {"login": "zzyx@exemple.fr", "password": "x"}, REMOTE_ADDR="203.0.113.9"
    )

    kept = " ".join(f"{entry.cache_key} {entry.value}" for entry in CacheEntry.objects.all())
    assert CacheEntry.objects.exists()
    assert "203.0.113.9" not in kept
    assert "zzyx" not in kept
    cache.clear()


def test_a_prospect_who_signs_up_becomes_the_member(client: Client, dora: Person) -> None:
    contact = ContactPoint.objects.get(subject=dora.subject, kind="email")
    privacy.verify_contact(contact, on=calendar.today())
    sign_up(client, phone="", email=dora.canaries.email)
    assert DataSubject.objects.filter(pk=dora.subject.pk).exists()

    client.post("/verification/e-mail/", {"code": code_sent_to(dora.canaries.email)})

    member = Member.objects.get()
    assert not DataSubject.objects.filter(pk=dora.subject.pk).exists()
    assert privacy.find(dora.canaries.email) == member.subject


def test_a_sign_up_that_nobody_proves_leaves_after_a_day(client: Client) -> None:
    sign_up(client, phone="", email="zzyx.pending@exemple.fr")
    today = calendar.today()

    assert joining.forget_unverified(on=today + timedelta(days=1)) == 0
    assert joining.forget_unverified(on=today + timedelta(days=2)) == 1
    assert not Member.objects.exists()
    assert not Session.objects.exists()
    assert not ContactPoint.objects.exists()


def test_somebody_interrupted_finishes_by_signing_in(client: Client) -> None:
    sign_up(Client())
    Message.including_restricted.all()._raw_delete("default")
    cache.clear()  # thirty seconds later

    answer = client.post("/connexion/", {"login": "0612345678", "password": FORM["password1"]})

    assert answer["Location"] == "/verification/telephone/"
    opened = client.post(answer["Location"], {"code": code_sent_to("+33612345678")})
    assert opened["Location"] == "/mon-compte/"


def test_every_page_of_the_journey_is_in_french_and_in_english(client: Client) -> None:
    for name in ("account_signup", "account_login", "account_reset_password"):
        french = client.get(reverse(name)).content.decode()
        english = client.get(reverse(name), headers={"accept-language": "en"}).content.decode()
        assert '<html lang="fr"' in french
        assert '<html lang="en"' in english
    assert NOW.date() == TODAY
    assert PASSWORD
