"""Closing an account: the proofs stay, unless their holder gives them up knowingly."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from clairevoie import privacy
from clairevoie.credentials.models import Credential
from clairevoie.privacy import retention, tombstones
from clairevoie.privacy.models import LedgerEntry, Tombstone
from tests.cast import NOW, PASSWORD, TODAY, Person
from tests.credentials.scene import certificate
from tests.gestion.conftest import give_second_factor
from tests.promises import promise

pytestmark = pytest.mark.django_db
CLOSE = "/mon-compte/fermer/"


@pytest.fixture
def hers(alice: Person) -> Client:
    """Alice, who just proved who she is."""
    client = Client()
    client.post("/connexion/", {"login": alice.canaries.email, "password": PASSWORD})
    return client


@promise("P-089", "P-093")
def test_keeping_is_what_happens_unless_one_says_otherwise(alice: Person, hers: Client) -> None:
    proof = certificate(alice)

    asked = hers.get(CLOSE).content.decode()
    hers.post(CLOSE, {"sure": "on", "proofs": "keep"})
    retention.carry_out(retention.plan(TODAY.replace(day=30)))

    assert "Renoncer est définitif" in asked
    assert privacy.find(alice.canaries.email) is None
    assert Credential.objects.get() == proof


@promise("P-093")
def test_whoever_gives_up_their_proof_is_told_what_it_costs_and_obeyed(
    alice: Person, hers: Client, client: Client
) -> None:
    proof = certificate(alice)

    hers.post(CLOSE, {"sure": "on", "proofs": "give-up"})
    privacy.outbox.deliver(at=NOW)

    assert client.get(proof.get_absolute_url()).status_code == 404
    assert not proof.document.storage.exists(str(proof.document.name))
    line = LedgerEntry.objects.get(executor="rights.give-up-proofs")
    assert line.facts == {"tables": {"credentials.Credential": 1}}


def test_without_a_proof_there_is_nothing_to_choose(hers: Client) -> None:
    page = hers.get(CLOSE).content.decode()
    answer = hers.post(CLOSE, {"sure": "on"})

    assert 'name="proofs"' not in page
    assert answer.status_code == 302


@pytest.mark.parametrize("gives_up", [False, True])
def test_an_erasure_on_request_offers_the_same_choice(
    gives_up: bool,  # noqa: FBT001
    alice: Person,
    helene: Person,
) -> None:
    certificate(alice)
    give_second_factor(helene)
    client = Client()
    client.force_login(helene.member)

    client.post(
        f"/gestion/personnes/{alice.subject.uuid}/effacer/",
        {"sure": "on"} | ({"give_up": "on"} if gives_up else {}),
    )

    assert privacy.find(alice.canaries.email) is None
    assert Credential.objects.exists() is not gives_up


def test_the_command_line_offers_it_too(alice: Person) -> None:
    certificate(alice)

    call_command("subject", "erase", str(alice.subject.uuid), "--give-up-proofs")

    assert not Credential.objects.exists()


def test_a_backup_does_not_bring_back_what_was_given_up(alice: Person, tmp_path: Path) -> None:
    proof = certificate(alice)
    saved = Credential.objects.get()
    privacy.give_up_proofs(alice.subject, at=NOW)
    log = tmp_path / "tombstones.log"
    log.write_text("".join(f"{s.uuid} {s.erased_on}\n" for s in Tombstone.objects.all()))
    saved.save(force_insert=True)  # restored

    tombstones.replay(log, at=NOW, on=TODAY)

    assert not Credential.objects.exists()
    assert not proof.document.storage.exists(str(proof.document.name))
    assert privacy.find(alice.canaries.email) == alice.subject


def test_what_is_frozen_is_not_given_up(alice: Person) -> None:
    certificate(alice)
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)

    with pytest.raises(privacy.CannotErase):
        privacy.give_up_proofs(alice.subject, at=NOW)

    alice.subject.refresh_from_db()
    assert privacy.proofs_of(alice.subject) == 0
    assert Credential.objects.exists()
