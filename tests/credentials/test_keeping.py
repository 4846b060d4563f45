"""Fifty years: duplicates, another name, revocation, the archive – by staff who says why."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from time_machine import travel

from clairevoie import privacy
from clairevoie.accounts.models import Role
from clairevoie.credentials.models import Credential, State
from clairevoie.messaging.models import Message
from clairevoie.privacy import retention
from clairevoie.privacy.models import DataSubject, LedgerEntry
from tests.cast import Person
from tests.credentials.scene import certificate, noon
from tests.gestion.conftest import give_second_factor
from tests.promises import promise

pytestmark = pytest.mark.django_db
WHY = {"reason": "person-asks", "reference": "Courrier-2031-114"}
LEAP = date(2024, 2, 29)


def room(credential: Credential, deed: str) -> str:
    return f"/gestion/certificats/{credential.number}/{deed}/"


def at_work(person: Person) -> Client:
    give_second_factor(person)
    client = Client()
    client.force_login(person.member)
    return client


@pytest.fixture
def archivist(gaston: Person) -> Person:
    gaston.member.role = Role.ARCHIVIST
    gaston.member.save(update_fields=["role"])
    return gaston


@promise("P-093")
def test_a_certificate_of_29_february_verifies_until_the_last_day_of_fifty_years(
    alice: Person, client: Client
) -> None:
    """F-30: 2024-02-29 → verifiable on 2074-02-28, purged on 2074-03-01, its file too."""
    proof = certificate(alice, on=LEAP)
    privacy.erase(alice.subject, because="request", on=date(2026, 11, 22))
    assert not DataSubject.objects.filter(pk=alice.subject.pk).exists(), "no shell is needed"
    last, purged = date(2074, 2, 28), date(2074, 3, 1)

    retention.carry_out(retention.plan(last))
    with travel(noon(last), tick=False):
        there = client.get(proof.get_absolute_url())
    with travel(noon(purged), tick=False):
        before_the_night = client.get(proof.get_absolute_url())
    retention.carry_out(retention.plan(purged))
    privacy.outbox.deliver(at=noon(purged))

    assert there.status_code == 200
    assert alice.canaries.last_name in there.content.decode()
    assert before_the_night.status_code == 404
    assert not Credential.objects.exists()
    assert not proof.document.storage.exists(str(proof.document.name))


def test_a_certificate_is_found_by_its_number_or_by_the_whole_name_printed(
    alice: Person, eve: Person
) -> None:
    proof = certificate(alice)
    client = at_work(eve)
    name = f"{alice.canaries.last_name} {alice.canaries.first_names}".upper()

    found = {
        typed: proof.number in client.get("/gestion/certificats/", {"q": typed}).content.decode()
        for typed in (proof.number.replace("-", " ").lower(), name, alice.canaries.last_name)
    }

    assert list(found.values()) == [True, True, False]


@promise("P-093")
def test_a_duplicate_is_given_long_after_the_account_has_gone(
    alice: Person, archivist: Person
) -> None:
    proof = certificate(alice, on=date(2020, 6, 30))
    with proof.document.open("rb") as printed:
        content = printed.read()
    privacy.erase(alice.subject, because="request", on=date(2026, 11, 22))

    answer = at_work(archivist).post(room(proof, "duplicata-d-archive"), WHY)

    assert b"".join(answer.streaming_content) == content  # type: ignore[attr-defined]
    line = LedgerEntry.objects.get(executor="credentials.duplicate")
    assert line.facts == {
        "credential": str(proof.uuid),
        "author": str(archivist.subject.uuid),
        "reason": "person-asks",
        "reference": "courrier-2031-114",
    }
    assert line.subject == alice.subject.uuid


def test_a_duplicate_without_a_reason_is_refused_at_its_field(alice: Person, eve: Person) -> None:
    proof = certificate(alice)

    answer = at_work(eve).post(
        room(proof, "duplicata"), {"reason": "person-asks", "reference": "06 12 34 56 78"}
    )

    assert answer.status_code == 422
    assert 'href="#id_reference"' in answer.content.decode()
    assert not LedgerEntry.objects.filter(executor="credentials.duplicate").exists()


@promise("P-093")
def test_after_five_years_only_the_archivist_reads_and_says_why(
    alice: Person, eve: Person, archivist: Person
) -> None:
    proof = certificate(alice, on=date(2021, 11, 21))
    page = f"/gestion/certificats/{proof.number}/"
    administrator, keeper = at_work(eve), at_work(archivist)
    title, name = proof.title, alice.canaries.last_name

    seen = [who.get(page, follow=True).content.decode() for who in (administrator, keeper)]
    refused = administrator.post(room(proof, "archive"), WHY)
    read = keeper.post(room(proof, "archive"), WHY).content.decode()

    assert all(name not in shown and title not in shown for shown in seen)
    assert refused.status_code == 403
    assert name in read
    assert title in read
    assert LedgerEntry.objects.filter(executor="credentials.read-archive").count() == 1
    assert proof.is_archived(on=date(2026, 11, 22))
    assert not proof.is_archived(on=date(2026, 11, 21))


@promise("P-093")
def test_another_name_makes_a_new_document_and_the_old_number_shows_no_name(
    alice: Person, eve: Person, client: Client
) -> None:
    proof = certificate(alice, on=date(2024, 2, 29))
    old_name = proof.name

    at_work(eve).post(
        room(proof, "nouveau-nom"), {"name": "Alix Dumas", "reason": "rectification"} | WHY
    )

    proof.refresh_from_db()
    new = Credential.objects.get(number=f"{proof.number}-V2")
    assert proof.state == State.REPLACED
    assert (new.name, new.issued_on, new.holder) == ("Alix Dumas", proof.issued_on, proof.holder)
    assert new.is_intact
    old_page = client.get(proof.get_absolute_url()).content.decode()
    assert "Ce document a été remplacé" in old_page
    assert new.number not in old_page, "its page would tell the new name"
    assert old_name not in old_page
    assert "Alix Dumas" in client.get(new.get_absolute_url()).content.decode()


def test_a_revoked_document_says_so_and_not_why(
    alice: Person, eve: Person, client: Client
) -> None:
    proof = certificate(alice)
    staff = at_work(eve)

    staff.post(room(proof, "revoquer"), {"because": "Délivré par erreur."})

    page = client.get(proof.get_absolute_url()).content.decode()
    assert "révoqué" in page
    assert "Délivré par erreur." not in page
    assert proof.name not in page
    assert Message.objects.filter(template="credentials/changed", subject=alice.subject).exists()
    assert staff.get(room(proof, "duplicata")).status_code == 404
    assert LedgerEntry.objects.filter(executor="credentials.revoke").count() == 1


@pytest.mark.parametrize("deed", ["duplicata", "nouveau-nom", "revoquer"])
def test_a_trainer_and_an_advisor_have_no_such_room(
    deed: str, alice: Person, bob: Person, flora: Person
) -> None:
    proof = certificate(alice)

    answers = [at_work(person).post(room(proof, deed), WHY) for person in (bob, flora)]

    assert {answer.status_code for answer in answers} == {403}
