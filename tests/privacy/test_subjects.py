"""Who is who: contacts, merging, clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from clairevoie import privacy
from clairevoie.lib.contact import NotAContact
from clairevoie.privacy.models import ContactPoint, DataSubject
from clairevoie.privacy.subjects import TwoAccounts
from tests.cast import Person

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "raw", "normalised"),
    [
        ("email", " Alice.Martin@EXEMPLE.fr ", "alice.martin@exemple.fr"),
        ("email", "alice@école.fr", "alice@xn--cole-9oa.fr"),
        ("phone", "06 12 34 56 78", "+33612345678"),
        ("phone", "+33 (0)6.12.34.56.78", "+33612345678"),
        ("phone", "+32 470 12 34 56", "+32470123456"),
    ],
)
def test_a_contact_is_kept_as_typed_and_in_one_comparable_form(
    kind: str, raw: str, normalised: str
) -> None:
    subject = privacy.register_subject(on=ON)

    contact = privacy.note_contact(subject, kind=kind, raw=raw, on=ON)

    assert contact.normalised == normalised
    assert contact.raw == raw.strip()


@pytest.mark.parametrize(
    ("kind", "raw"),
    [("email", "pas-une-adresse"), ("email", "a@b.fr\nBcc: c@d.fr"), ("phone", "0612")],
)
def test_what_is_no_contact_is_refused(kind: str, raw: str) -> None:
    subject = privacy.register_subject(on=ON)

    with pytest.raises(NotAContact):
        privacy.note_contact(subject, kind=kind, raw=raw, on=ON)


def test_an_unverified_contact_attaches_to_nobody_else() -> None:
    owner, other = (privacy.register_subject(on=ON) for _ in range(2))
    privacy.note_contact(owner, kind="email", raw="a@exemple.fr", on=ON, verified=True)

    privacy.note_contact(other, kind="email", raw="A@exemple.fr", on=ON)

    assert DataSubject.objects.count() == 2
    assert privacy.find("a@exemple.fr") == owner


def test_proving_the_same_contact_makes_two_subjects_one() -> None:
    prospect, newcomer = (privacy.register_subject(on=ON) for _ in range(2))
    privacy.note_contact(prospect, kind="email", raw="a@exemple.fr", on=ON, verified=True)
    privacy.note_contact(prospect, kind="phone", raw="0612345678", on=ON, verified=True)
    privacy.object_to(prospect, activity="satisfaction", source="test", at=AT)
    privacy.object_to(newcomer, activity="satisfaction", source="test", at=AT)
    privacy.lift_objection(newcomer, activity="satisfaction", source="test", at=AT)
    contact = privacy.note_contact(newcomer, kind="email", raw="A@Exemple.fr", on=ON)

    kept = privacy.verify_contact(contact, on=ON)

    assert DataSubject.objects.get() == kept
    assert ContactPoint.objects.filter(subject=kept, verified_on=ON).count() == 2
    assert privacy.find("+33612345678") == kept
    assert not privacy.may(kept, "satisfaction").allowed, "the strictest word wins"


def test_merging_keeps_restrictions_and_the_latest_clocks() -> None:
    one, other = (privacy.register_subject(on=date(2025, 1, day)) for day in (1, 2))
    privacy.restrict(other, ground="accuracy", on=ON)

    privacy.merge(one, other, on=ON)

    one.refresh_from_db()
    assert one.restricted
    assert one.last_contact == date(2025, 1, 2)


def test_the_account_survives_a_merge_and_two_accounts_refuse_it(
    alice: Person, charlie: Person
) -> None:
    prospect = privacy.register_subject(on=ON)
    contact = privacy.note_contact(prospect, kind="email", raw=alice.canaries.email, on=ON)

    kept = privacy.verify_contact(contact, on=ON)

    assert kept == alice.subject
    with pytest.raises(TwoAccounts):
        privacy.merge(alice.subject, charlie.subject, on=ON)


def test_a_use_is_written_once_a_day_and_never_goes_back() -> None:
    subject = privacy.register_subject(on=date(2026, 1, 1))

    for day in (ON, ON, date(2026, 11, 1)):
        privacy.record_use(subject, on=day)

    subject.refresh_from_db()
    assert subject.last_use == ON


def test_a_person_is_found_by_number_contact_or_nothing() -> None:
    subject = privacy.register_subject(on=ON)

    assert privacy.find(str(subject.uuid)) == subject
    assert privacy.find("inconnue@exemple.fr") is None
    assert privacy.find("") is None


def test_many_are_found_in_as_many_queries_as_a_few(
    alice: Person, bob: Person, charlie: Person, django_assert_max_num_queries: Any
) -> None:
    typed = privacy.register_subject(on=ON)
    privacy.note_contact(typed, kind="email", raw=alice.canaries.email, on=ON)
    lines = {
        str(bob.subject.uuid): bob.subject,
        alice.canaries.email.upper(): alice.subject,  # hers, whoever else typed it
        alice.canaries.phone: alice.subject,
        charlie.canaries.pseudo.upper(): charlie.subject,
    }
    strangers = [f"inconnue{number}@exemple.fr" for number in range(200)]

    with django_assert_max_num_queries(6):
        found = privacy.find_all([*lines, "", "0", *strangers])

    assert found == lines
