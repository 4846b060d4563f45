"""A new pepper: everything that was keyed before is still read, and what can be is made again."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from clairevoie import messaging, privacy
from clairevoie.accounts.actions import recovery
from clairevoie.accounts.rekeying import rekey_second_factors
from clairevoie.accounts.second_factor import box
from clairevoie.accounts.terminals import Terminal
from clairevoie.messaging.models import Suppression
from clairevoie.messaging.rekeying import rekey_the_list
from clairevoie.messaging.unsubscribing import UnknownLink, link_behind
from clairevoie.privacy import rekeying
from clairevoie.privacy.models import SuspensionMark
from tests.cast import NOW, TODAY, Person

pytestmark = pytest.mark.django_db
PURPOSE = "information"


@pytest.fixture
def pepper(settings: Any) -> Any:
    """Change it: the present one becomes the latest of the past."""

    def change(new: str) -> None:
        settings.PAST_PEPPERS = (settings.PEPPER, *settings.PAST_PEPPERS)
        settings.PEPPER = new

    return change


def only_the_present(settings: Any) -> None:
    settings.PAST_PEPPERS = ()


def refused(person: Person) -> bool:
    contact = ("email", person.canaries.email)
    return messaging.suppressed([contact], PURPOSE) == {contact}


def refuse(person: Person) -> None:
    messaging.suppress(
        kind="email", raw=person.canaries.email, purpose=PURPOSE, because="link", at=NOW
    )


# --- Still read -------------------------------------------------------------------------------


def test_a_refusal_holds_through_two_changes(alice: Person, pepper: Any) -> None:
    refuse(alice)

    pepper("second")
    after_one = refused(alice)
    pepper("third")

    assert after_one
    assert refused(alice)


def test_saying_no_again_after_a_change_can_be_lifted_whole(alice: Person, pepper: Any) -> None:
    refuse(alice)
    pepper("second")
    refuse(alice)

    messaging.readmit(
        alice.subject, kind="email", raw=alice.canaries.email, purpose=PURPOSE, at=NOW
    )

    assert not refused(alice)
    assert not Suppression.objects.exists()


def test_a_link_of_an_old_mail_still_stops_even_the_erased(
    alice: Person, client: Client, pepper: Any
) -> None:
    address = messaging.unsubscribe_url(alice.subject, PURPOSE)
    path = "/" + address.split("/", 3)[3]
    privacy.erase(alice.subject, because="request", on=TODAY)
    pepper("second")

    answers = [client.post(path).status_code for _ in range(2)]

    assert answers == [200, 200]
    assert refused(alice), "an import that brings the address back asks under every pepper"
    assert Suppression.objects.count() == 1


def test_a_link_under_a_pepper_nobody_kept_opens_nothing(
    alice: Person, pepper: Any, settings: Any
) -> None:
    token = messaging.unsubscribe_url(alice.subject, PURPOSE).rstrip("/").rpartition("/")[2]
    pepper("second")
    only_the_present(settings)

    with pytest.raises(UnknownLink):
        link_behind(token)


def test_a_mailbox_that_answers_again_is_no_longer_unreachable(alice: Person, pepper: Any) -> None:
    address = alice.canaries.email
    messaging.suppress(
        kind="email", raw=address, purpose=messaging.UNREACHABLE, because="bounce", at=NOW
    )
    pepper("second")
    before = refused(alice)

    messaging.note_reached(kind="email", raw=address)

    assert before
    assert not refused(alice)


def test_a_suspended_contact_is_known_again(alice: Person, pepper: Any) -> None:
    suspend(alice)

    pepper("second")

    assert privacy.contact_is_barred(kind="email", raw=alice.canaries.email, on=TODAY)


def test_a_recovery_code_of_before_still_opens(alice: Person, pepper: Any) -> None:
    here = Terminal(ip="127.0.0.1")
    codes = recovery.issue_recovery_codes(member=alice.member, terminal=here, at=NOW)
    pepper("second")

    found = recovery.recover(
        identifier=alice.canaries.email,
        code=codes[0],
        password="Une nouvelle, de cinq mots",
        terminal=here,
        at=NOW,
    )

    assert found == alice.member


# --- Made again -------------------------------------------------------------------------------


def suspend(person: Person) -> None:
    privacy.suspend(
        person.subject,
        author=person.subject.uuid,
        reason_code="abuse",
        reason="Des messages répétés.",
        appeal="Écrire au délégué.",
        on=TODAY,
    )


def test_what_is_made_again_needs_the_former_pepper_no_more(
    alice: Person, charlie: Person, pepper: Any, settings: Any
) -> None:
    refuse(alice)
    suspend(charlie)
    sealed = box().encrypt(b"JBSWY3DPEHPK3PXP").decode()
    factor = Authenticator.objects.create(
        user_id=alice.subject.pk, type="totp", data={"secret": sealed}
    )
    pepper("second")

    done = [rekey_the_list(), rekeying.rekey_suspensions(), rekey_second_factors()]
    only_the_present(settings)
    factor.refresh_from_db()

    assert [(each.done, each.left) for each in done] == [
        (1, 0),
        (SuspensionMark.including_restricted.count(), 0),
        (1, 0),
    ]
    assert refused(alice)
    assert privacy.contact_is_barred(kind="email", raw=charlie.canaries.email, on=TODAY)
    assert box().decrypt(factor.data["secret"].encode()) == b"JBSWY3DPEHPK3PXP"


def test_what_cannot_be_made_again_is_counted_and_kept(alice: Person, pepper: Any) -> None:
    refuse(alice)
    messaging.suppress(
        kind="email", raw="inconnue@exemple.fr", purpose=PURPOSE, because="import", at=NOW
    )
    privacy.erase(alice.subject, because="request", on=TODAY)
    pepper("second")

    done = rekey_the_list()

    assert (done.done, done.left) == (0, 2)
    assert refused(alice)


def test_making_again_twice_changes_nothing_and_joins_doubles(alice: Person, pepper: Any) -> None:
    refuse(alice)
    pepper("second")
    refuse(alice)  # said again, before anything was made again

    first, second = rekey_the_list(), rekey_the_list()

    assert (first.done, second.done) == (1, 0)
    assert Suppression.objects.count() == 1
    assert refused(alice)


# --- The command ------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    settings.HOME = tmp_path
    (tmp_path / "pepper.key").write_text(settings.PEPPER)
    return tmp_path


def test_the_former_pepper_is_put_aside_for_ever(home: Path, settings: Any) -> None:
    former = settings.PEPPER

    call_command("pepper", "new")

    assert (home / "pepper-1.key").read_text() == former
    assert not (home / "pepper.key").exists()
    with pytest.raises(CommandError, match="CLAIREVOIE_PEPPER"):
        call_command("pepper", "new")


def test_a_pepper_of_the_environment_is_changed_there(home: Path, settings: Any) -> None:
    settings.PEPPER = "given by the environment"

    with pytest.raises(CommandError, match="CLAIREVOIE_PAST_PEPPERS"):
        call_command("pepper", "new")

    assert (home / "pepper.key").exists()


def test_the_command_tells_what_was_made_again(
    alice: Person, pepper: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse(alice)
    with pytest.raises(CommandError, match="Aucun ancien poivre"):
        call_command("pepper", "rekey")
    pepper("second")

    call_command("pepper", "rekey", "--json")

    answer = json.loads(capsys.readouterr().out)
    assert answer["suppressions"] == {"done": 1, "left": 0}
    assert set(answer) == {"suppressions", "suspensions", "second-factors"}


def test_past_peppers_are_read_the_latest_first(tmp_path: Path) -> None:
    for number in (1, 2, 10):
        (tmp_path / f"pepper-{number}.key").write_text(f"p{number}")
    asked = "from clairevoie.config import settings; print(settings.PAST_PEPPERS)"

    answer = subprocess.run(
        [sys.executable, "-c", asked],
        env={"CLAIREVOIE_HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert answer.stdout.strip() == "('p10', 'p2', 'p1')"
