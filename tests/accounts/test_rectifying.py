"""What is corrected here is corrected where it was given, and on what was printed (P-098)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from clairevoie import privacy
from clairevoie.accounts.actions.joining import prove_email
from clairevoie.accounts.actions.profile import Profile, change_profile
from clairevoie.credentials.actions import keeping
from clairevoie.credentials.models import Credential, State
from clairevoie.messaging.models import Message
from clairevoie.privacy.models import Disclosure, Effect, LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.credentials.scene import certificate
from tests.promises import promise

pytestmark = pytest.mark.django_db


def given(person: Person, recipient: str, fields: str) -> None:
    Disclosure.objects.create(
        subject=person.subject,
        recipient=recipient,
        activity="account",
        fields=fields,
        disclosed_on=TODAY,
    )


def renamed(person: Person, name: str) -> None:
    profile = replace(Profile.of(person.member), last_name=name)
    change_profile(member=person.member, profile=profile, at=NOW)
    person.member.refresh_from_db()


@promise("P-098")
def test_whoever_received_a_name_has_to_learn_of_the_new_one_and_the_officer_is_told(
    alice: Person, helene: Person
) -> None:
    given(alice, "host", "email,last_name")
    given(alice, "host", "last_name")
    given(alice, "mailer", "email")

    renamed(alice, "Dumas")
    Effect.objects.exclude(kind="notify-recipient").delete()
    privacy.outbox.deliver(at=NOW)

    line = LedgerEntry.objects.get(executor="recipients.notify")
    assert line.subject == alice.subject.uuid
    assert line.facts == {"recipient": "host", "what": "rectification", "fields": ["last_name"]}
    task = Message.objects.get(template="accounts/rectification")
    assert task.subject == helene.subject
    assert "Serveur de l’organisme" in task.text
    assert str(alice.subject.uuid) in task.text
    assert "Dumas" not in task.text
    assert alice.canaries.last_name not in task.text


@promise("P-098")
def test_a_new_address_is_told_to_whoever_had_the_old_one(alice: Person, helene: Person) -> None:
    given(alice, "mailer", "email")

    prove_email(member=alice.member, email="alix@courriel.example", at=NOW)

    [told] = Effect.objects.filter(kind="notify-recipient")
    assert (told.payload["recipient"], told.payload["fields"]) == ("mailer", ["email"])
    assert Message.objects.filter(template="accounts/rectification").count() == 1


def test_nobody_is_told_of_what_they_never_had(alice: Person, helene: Person) -> None:
    given(alice, "mailer", "email")

    renamed(alice, "Dumas")

    assert not Effect.objects.filter(kind="notify-recipient").exists()
    assert not Message.objects.filter(template="accounts/rectification").exists()


@promise("P-098")
def test_a_certificate_keeps_its_name_until_another_is_asked_for(
    alice: Person, eve: Person
) -> None:
    proof, client = certificate(alice), Client()
    client.force_login(alice.member)
    told = "Un document porte un autre nom que votre profil"

    renamed(alice, "Dumas")
    before = client.get("/mon-compte/certificats/").content.decode()
    new = keeping.reissue(
        credential=proof,
        name=alice.member.full_name,
        reason="rectification",
        reference="courrier-2026-7",
        author=eve.subject.uuid,
        at=NOW,
    )
    after = client.get("/mon-compte/certificats/").content.decode()

    old = Credential.objects.get(pk=proof.pk)
    assert (old.name, old.state) == (proof.name, State.REPLACED)
    assert (new.number, new.name) == (f"{proof.number}-V2", alice.member.full_name)
    assert (told in before, told in after) == (True, False)
