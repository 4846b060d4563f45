"""The buttons of a person's page: they ask, they do once, and they leave their trace."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry

from clairevoie import privacy
from clairevoie.accounts.actions.appointing import MayNotAppoint, appoint
from clairevoie.accounts.actions.leaving import LastAdministrator
from clairevoie.accounts.models import Member, Role
from clairevoie.lib import calendar
from clairevoie.messaging.models import Message
from clairevoie.privacy.models import (
    DataSubject,
    LedgerEntry,
    LegalHold,
    Restriction,
    Suspension,
)
from tests.cast import NOW, TODAY, Person
from tests.gestion.conftest import SignIn
from tests.promises import promise

SUSPENSION = {
    "reason_code": "partage",
    "reason": "Quatre personnes ont passé le même examen.",
    "appeal": "Répondez à ce message.",
}


def _url(person: Person, deed: str) -> str:
    return f"/gestion/personnes/{person.subject.uuid}/{deed}/"


@pytest.mark.django_db
@promise("P-082", "P-090")
def test_an_administrator_suspends_with_author_reasons_and_appeal(
    alice: Person, eve: Person, at_work: SignIn
) -> None:
    answer = at_work(eve).post(_url(alice, "suspendre"), SUSPENSION)

    suspension = Suspension.including_restricted.get(subject=alice.subject)
    alice.member.refresh_from_db()
    assert answer.status_code == 302
    assert suspension.author == eve.subject.uuid
    assert (suspension.reason, suspension.appeal) == (SUSPENSION["reason"], SUSPENSION["appeal"])
    assert not alice.member.is_active


@pytest.mark.django_db
@promise("P-082")
@pytest.mark.parametrize("left_out", SUSPENSION)
def test_nothing_is_suspended_without_reason_code_and_appeal(
    left_out: str, alice: Person, eve: Person, at_work: SignIn
) -> None:
    answer = at_work(eve).post(_url(alice, "suspendre"), SUSPENSION | {left_out: ""})

    assert answer.status_code == 422
    assert "Rien n’a été fait" in answer.content.decode()
    assert not Suspension.including_restricted.exists()


@pytest.mark.django_db
def test_a_get_asks_and_does_nothing(alice: Person, eve: Person, at_work: SignIn) -> None:
    answer = at_work(eve).get(_url(alice, "suspendre"))

    assert answer.status_code == 200
    assert not Suspension.including_restricted.exists()


@pytest.mark.django_db
def test_an_administrator_does_not_suspend_themself(eve: Person, at_work: SignIn) -> None:
    answer = at_work(eve).post(_url(eve, "suspendre"), SUSPENSION)

    assert answer.status_code == 422
    assert "jamais le sien" in answer.content.decode()


@pytest.mark.django_db
@promise("P-090")
def test_lifting_opens_the_account_again(alice: Person, eve: Person, at_work: SignIn) -> None:
    client = at_work(eve)
    client.post(_url(alice, "suspendre"), SUSPENSION)

    client.post(_url(alice, "lever-la-suspension"))

    alice.subject.refresh_from_db()
    alice.member.refresh_from_db()
    assert alice.subject.suspended_on is None
    assert alice.member.is_active
    assert client.post(_url(alice, "lever-la-suspension")).status_code == 404


@pytest.mark.django_db
@promise("P-101")
def test_data_are_locked_and_the_person_is_told_before_they_are_unlocked(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    client = at_work(helene)
    client.post(_url(alice, "verrouiller"), {"ground": "accuracy"})

    told = client.post(_url(alice, "deverrouiller"), {})
    again = client.post(_url(alice, "deverrouiller"), {})

    assert (told.status_code, again.status_code) == (302, 422)
    assert DataSubject.objects.get(pk=alice.subject.pk).restricted, "for a week still"
    assert Restriction.including_restricted.get().lift_announced_on == calendar.today()
    message = Message.including_restricted.get(template="accounts/release-announced")
    assert message.subject == alice.subject


@pytest.mark.django_db
def test_a_hold_has_an_owner_and_is_released_from_its_own_page(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    client = at_work(helene)
    client.post(_url(alice, "geler"), {"reason": "Contrôle en cours", "rule": "", "until": ""})
    held = LegalHold.including_restricted.get()

    answer = client.post(f"/gestion/gels/{held.pk}/lever/")

    held.refresh_from_db()
    assert held.owner == helene.subject.uuid
    assert answer.status_code == 302
    assert held.released_on


@pytest.mark.django_db
def test_the_officer_downloads_everything_held_about_a_person(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    answer = at_work(helene).post(_url(alice, "exporter"))

    assert answer.streaming
    pack = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    everything = b"".join(pack.read(name) for name in pack.namelist()).decode(errors="replace")
    assert answer["Content-Type"] == "application/zip"
    assert alice.canaries.email in everything


def _files() -> set[Path]:
    """What lies in the instance's folder, but its database."""
    return {path for path in settings.HOME.rglob("*") if ".sqlite3" not in path.name}


def _unnamed() -> list[str]:
    """Open files of the instance's folder that have no name any more."""
    held = [str(path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
    return [name for name in held if name.startswith(str(settings.HOME)) and "deleted" in name]


@pytest.mark.django_db
def test_nothing_stays_of_a_download(alice: Person, helene: Person, at_work: SignIn) -> None:
    client = at_work(helene)
    before = _files()

    answer = client.post(_url(alice, "exporter"))
    meanwhile, unnamed = _files(), _unnamed()
    read = answer.getvalue()

    assert read.startswith(b"PK")
    assert meanwhile == _files() == before
    assert (len(unnamed), _unnamed()) == (1, [])
    (line,) = LedgerEntry.objects.filter(executor="gestion.export")
    assert line.subject == alice.subject.uuid
    assert line.facts["author"] == str(helene.subject.uuid)


@pytest.mark.django_db
def test_before_erasing_the_page_says_what_goes_and_what_stays(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    shown = at_work(helene).get(_url(alice, "effacer")).content.decode()

    assert "Ce qui part" in shown
    assert "Ce qui reste" in shown


@pytest.mark.django_db
def test_the_officer_erases_after_saying_so_twice(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    client = at_work(helene)

    unsure = client.post(_url(alice, "effacer"), {})
    sure = client.post(_url(alice, "effacer"), {"sure": "on"})

    assert (unsure.status_code, sure.status_code) == (422, 302)
    assert sure["Location"] == "/gestion/personnes/"
    assert not Member.objects.filter(pk=alice.subject.pk).exists()
    assert client.get(f"/gestion/personnes/{alice.subject.uuid}/").status_code == 404


@pytest.mark.django_db
def test_held_data_cannot_be_erased(alice: Person, helene: Person, at_work: SignIn) -> None:
    privacy.hold(alice.subject, reason="contentieux", on=TODAY)

    answer = at_work(helene).post(_url(alice, "effacer"), {"sure": "on"})

    assert answer.status_code == 404
    assert Member.objects.filter(pk=alice.subject.pk).exists()


@pytest.mark.django_db
@promise("P-003")
def test_a_role_is_given_by_another_administrator_and_ends_sessions(
    alice: Person, eve: Person, at_work: SignIn
) -> None:
    alices = at_work(alice)

    answer = at_work(eve).post(_url(alice, "role"), {"role": "trainer"})

    alice.member.refresh_from_db()
    assert answer.status_code == 302
    assert alice.member.role == Role.TRAINER
    assert alices.get("/mon-compte/").status_code == 302
    assert LedgerEntry.objects.get(executor="accounts.appoint").facts["role"] == "trainer"


@pytest.mark.django_db
def test_nobody_appoints_themself_and_one_administrator_stays(eve: Person, bob: Person) -> None:
    with pytest.raises(MayNotAppoint):
        appoint(member=eve.member, role=Role.DPO, author=eve.member, at=NOW)
    with pytest.raises(MayNotAppoint):
        appoint(member=eve.member, role=Role.DPO, author=bob.member, at=NOW)
    with pytest.raises(LastAdministrator):
        appoint(member=eve.member, role=Role.DPO, author=None, at=NOW)


@pytest.mark.django_db
def test_djangos_own_log_stays_empty(alice: Person, eve: Person, at_work: SignIn) -> None:
    client = at_work(eve)

    client.post(_url(alice, "suspendre"), SUSPENSION)
    client.get(f"/gestion/personnes/{alice.subject.uuid}/")

    assert not LogEntry.objects.exists()
