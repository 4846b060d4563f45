"""The list of those who said no: it outlives them, and only they can lift it."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import call_command

from clairevoie import consent, messaging, privacy
from clairevoie.accounts.actions.joining import prove_phone
from clairevoie.lib.contact import NotAContact
from clairevoie.messaging.models import Suppression
from clairevoie.messaging.suppression import (
    UNREACHABLE,
    review_suppressions,
)
from clairevoie.privacy.models import DataSubject, LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.promises import promise

pytestmark = pytest.mark.django_db

DORA = ("email", "dora@exemple.fr")
PHONE = ("phone", "+33612345678")


def say_no(contact: tuple[str, str] = DORA, purpose: str = "newsletter", **other: Any) -> bool:
    kind, raw = contact
    because = other.pop("because", "request")
    return messaging.suppress(
        kind=kind, raw=raw, purpose=purpose, because=because, at=NOW, **other
    )


def test_what_is_kept_names_nobody_and_joins_nothing() -> None:
    say_no(purpose="newsletter")
    say_no(purpose="information")

    rows = list(Suppression.objects.values())

    assert "dora" not in repr(rows)
    assert len({row["contact_hash"] for row in rows}) == 2
    assert not LedgerEntry.objects.filter(facts__icontains="dora").exists()


def test_the_same_refusal_twice_is_one() -> None:
    assert [say_no(), say_no()] == [True, False]
    assert Suppression.objects.count() == 1


@pytest.mark.parametrize("spelling", ["DORA@exemple.fr", "dora+lettre@exemple.fr"])
def test_another_spelling_is_the_same_person(spelling: str) -> None:
    say_no(("email", spelling))

    assert messaging.suppressed([DORA], "newsletter") == {DORA}


def test_only_those_asked_about_come_back_in_one_query(
    django_assert_num_queries: Any,
) -> None:
    say_no()
    say_no(PHONE, purpose=messaging.EVERYTHING)
    crowd = [("email", f"someone{number}@exemple.fr") for number in range(998)]

    with django_assert_num_queries(1):
        refused = messaging.suppressed([*crowd, DORA, PHONE], "newsletter")

    assert refused == {DORA, PHONE}


def test_two_spellings_of_one_address_are_both_refused() -> None:
    say_no()
    both = {DORA, ("email", "dora+x@exemple.fr")}

    assert messaging.suppressed(both, "newsletter") == both


@promise("P-015")
def test_security_is_never_held_back() -> None:
    say_no(purpose=messaging.EVERYTHING)
    say_no(purpose=UNREACHABLE, because="bounce")

    for activity in ("security", "service-notices"):
        assert messaging.suppressed([DORA], activity) == set()


@pytest.mark.parametrize("purpose", ["security", "account", "nothing", ""])
def test_what_cannot_be_stopped_is_not_put_on_the_list(purpose: str) -> None:
    with pytest.raises(messaging.CannotBeStopped):
        say_no(purpose=purpose)


def test_what_is_no_contact_is_refused() -> None:
    with pytest.raises(NotAContact):
        say_no(("email", "dora@exemple.fr\nBcc: charlie@exemple.fr"))


@promise("P-058")
def test_a_refusal_by_letter_stops_what_waits_to_leave(alice: Person) -> None:
    """Handled on the 23rd, it holds for the campaign of the 23rd at 18:00."""
    alice_mail = ("email", alice.canaries.email)
    consent.give(alice.subject, activity="newsletter", source="test", at=NOW)

    say_no(alice_mail, source="lettre")

    assert Suppression.objects.get().source == "lettre"
    assert Suppression.objects.get().subject == alice.subject
    assert messaging.suppressed([alice_mail], "newsletter") == {alice_mail}


@promise("P-102")
def test_an_import_brings_no_refusal_back_to_life(alice: Person) -> None:
    say_no(("email", alice.canaries.email))

    new = messaging.suppress_many(
        [("email", alice.canaries.email), DORA], purpose="newsletter", because="import", at=NOW
    )

    assert new == 1
    assert Suppression.objects.earliest("id").because == "request"


def test_a_new_double_opt_in_lifts_that_purpose_alone(alice: Person) -> None:
    contact = ("email", alice.canaries.email)
    say_no(contact, purpose=messaging.EVERYTHING)
    say_no(contact, purpose=UNREACHABLE, because="bounce")

    messaging.readmit(alice.subject, kind="email", raw=contact[1], purpose="newsletter", at=NOW)

    assert messaging.suppressed([contact], "newsletter") == set()
    assert messaging.suppressed([contact], "information") == {contact}
    assert LedgerEntry.objects.filter(executor="messaging.readmit").count() == 1


def test_a_bounce_is_forgotten_once_the_person_answers_from_there(alice: Person) -> None:
    contact = ("phone", alice.canaries.phone)
    say_no(contact, purpose=UNREACHABLE, because="bounce")
    say_no(contact, purpose="newsletter")

    prove_phone(member=alice.member, phone=alice.canaries.phone, at=NOW)

    assert messaging.suppressed([contact], "information") == set()
    assert messaging.suppressed([contact], "newsletter") == {contact}


def test_nothing_to_lift_writes_nothing(alice: Person) -> None:
    messaging.readmit(
        alice.subject, kind="email", raw=alice.canaries.email, purpose="newsletter", at=NOW
    )

    assert not LedgerEntry.objects.filter(executor="messaging.readmit").exists()


@promise("P-057", "P-102")
def test_the_list_outlives_the_person_and_leaves_three_years_after_its_review(
    alice: Person, eve: Person
) -> None:
    contact = ("email", alice.canaries.email)
    say_no(contact)
    privacy.erase(alice.subject, because="demande", on=TODAY)
    assert messaging.suppressed([contact], "newsletter") == {contact}

    review_suppressions(author=eve.subject, at=NOW + timedelta(days=365))
    kept = privacy.retention.plan(date(2029, 11, 23))
    privacy.retention.carry_out(kept)
    assert messaging.suppressed([contact], "newsletter") == {contact}

    due = privacy.retention.plan(date(2030, 11, 23))
    privacy.retention.carry_out(due)
    assert not Suppression.objects.exists()
    assert not DataSubject.objects.filter(uuid=alice.subject.uuid).exists()


def test_a_refusal_of_nobody_known_leaves_by_the_same_rule() -> None:
    say_no()

    privacy.retention.carry_out(privacy.retention.plan(date(2029, 11, 23)))

    assert not Suppression.objects.exists()


def test_the_copy_of_their_data_tells_the_person_what_they_refused(alice: Person) -> None:
    say_no(("email", alice.canaries.email), source="lettre")

    packed = BytesIO()
    privacy.export(alice.subject, to=packed, at=NOW)
    with ZipFile(packed) as pack:
        told = "".join(pack.read(name).decode(errors="replace") for name in pack.namelist())

    assert "Envois auxquels vous vous êtes opposé" in told
    assert Suppression.objects.get().contact_hash not in told


def test_a_list_from_anywhere_is_taken_whatever_its_source_is_called(tmp_path: Path) -> None:
    """The journal takes codes alone: words and accents become one."""
    listed = tmp_path / "liste.txt"
    listed.write_text("a@exemple.fr\n")
    source = "L’ancien outil de la Société Générale, " * 3

    call_command("messaging", "suppress", str(listed), purpose="newsletter", source=source)

    row = Suppression.objects.get()
    assert row.source.startswith("lancien-outil-de-la-societe-generale")
    assert len(row.source) <= 64
