"""How messages leave: once, later when a provider fails, never after the person is gone."""

from __future__ import annotations

import logging
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.mail import send_mail
from django.db import connection, transaction

from clairevoie import messaging, privacy
from clairevoie.messaging import checks, couriers, delivery
from clairevoie.messaging.doors import Folder, Parcel, PassedByTheWindow
from clairevoie.messaging.journal import Fate, Journal
from clairevoie.messaging.models import Message, State
from clairevoie.policy.reader import DEFAULT
from clairevoie.privacy.models import Disclosure
from tests.cast import NOW, TODAY, Person
from tests.messaging.conftest import Mailbox, Provider

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = {"title": "Une nouvelle", "words": "Voici la nouvelle, zzyx-secret."}


def write(person: Person, activity: str = "service-notices") -> Message:
    return messaging.send(person.subject, "note", activity, context=NOTE, at=NOW)


LATER = timedelta(hours=1)


def test_a_mail_leaves_by_a_real_server_and_the_row_keeps_only_the_fact(
    alice: Person, mailbox: Mailbox
) -> None:
    message = write(alice)

    (mail,) = mailbox.mails
    assert mail["To"] == alice.canaries.email
    assert mail["Message-ID"].startswith(f"<{message.uuid}@")
    message.refresh_from_db()
    assert message.state == State.SENT
    assert not any((message.address, message.text, message.html, message.copy))


def test_a_server_that_says_later_is_tried_later_and_once(alice: Person, mailbox: Mailbox) -> None:
    mailbox.answers = ["451 later"]

    message = write(alice)
    too_early = messaging.deliver_due(at=NOW + timedelta(minutes=4))
    later = messaging.deliver_due(at=NOW + timedelta(minutes=5))
    again = messaging.deliver_due(at=NOW + timedelta(days=3))

    message.refresh_from_db()
    assert (too_early, later, again) == (0, 1, 0)
    assert (message.state, message.attempts) == (State.SENT, 2)
    assert len(mailbox.mails) == 1


def test_an_address_refused_for_good_is_listed_at_once(alice: Person, mailbox: Mailbox) -> None:
    mailbox.answers = ["550 no such mailbox"]

    message = write(alice)

    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.FAILED, "RefusedForGood")
    assert not message.address


def test_a_mailbox_that_does_not_exist_receives_no_news_any_more(
    alice: Person, mailbox: Mailbox
) -> None:
    mailbox.answers = ["550 5.1.1 no such user"]

    news = write(alice, "information")
    more = write(alice, "information")
    alert = write(alice, "security")

    for message in (news, more, alert):
        message.refresh_from_db()
    assert (news.state, news.because) == (State.FAILED, "bounce")
    assert (more.state, more.because) == (State.REFUSED, "suppressed")
    assert alert.state == State.SENT


def test_a_server_that_is_down_undoes_nothing_and_logs_nobody(
    alice: Person, bob: Person, mailbox: Mailbox, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    up, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    caplog.set_level(logging.DEBUG)

    message = write(alice)
    settings.EMAIL_PORT = up
    write(bob)

    message.refresh_from_db()
    assert (message.state, message.last_error) == (State.QUEUED, "ConnectionRefusedError")
    assert len(mailbox.mails) == 1
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("mail"))
    assert str(message.uuid) in ours
    assert not any(canary in ours for canary in (*alice.canaries.all, "zzyx-secret"))


def test_what_could_not_leave_in_four_days_is_given_up(
    alice: Person, mailbox: Mailbox, settings: Any
) -> None:
    up, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    message = write(alice)
    settings.EMAIL_PORT = up

    messaging.deliver_due(at=NOW + timedelta(days=5))

    message.refresh_from_db()
    assert (message.state, message.text) == (State.FAILED, "")
    assert not mailbox.mails


def test_a_code_never_arrives_late(alice: Person, mailbox: Mailbox) -> None:
    mailbox.answers = ["451 later"]
    message = messaging.send_code(
        alice.canaries.email, "email", "note", subject=alice.subject, context=NOTE, at=NOW
    )

    messaging.deliver_due(at=NOW + timedelta(minutes=11))

    message.refresh_from_db()
    assert message.state == State.FAILED
    assert not mailbox.mails


def waiting(person: Person) -> Message:
    """One message to ``person``, due an hour later."""
    with transaction.atomic():
        message = write(person)
        Message.objects.filter(pk=message.pk).update(next_try_at=NOW + LATER)
    return message


@pytest.mark.parametrize(
    ("last_word", "mails"), [(None, 1), (Fate.BEGIN, 1), (Fate.HANDED, 0), (Fate.POSTED, 0)]
)
def test_a_killed_worker_is_made_up_for_by_the_next_unless_the_dot_had_left(
    alice: Person, mailbox: Mailbox, last_word: Fate | None, mails: int
) -> None:
    message = waiting(alice)
    dead = Journal.opened()
    Message.objects.update(holder=dead.name, attempts=1)
    if last_word:
        dead.note(last_word, message.uuid)

    alive = messaging.deliver_due(at=NOW + LATER)
    dead.leave()
    messaging.deliver_due(at=NOW + LATER)

    assert alive == 0
    assert len(mailbox.mails) == mails
    message.refresh_from_db()
    unconfirmed = last_word is Fate.POSTED
    assert message.state == (State.UNCONFIRMED if unconfirmed else State.SENT)
    assert message.holder is None


@pytest.mark.parametrize(
    ("code", "state"), [(250, State.SENT), (550, State.FAILED), (451, State.QUEUED)]
)
def test_what_the_server_had_answered_before_the_kill_is_believed(
    alice: Person, mailbox: Mailbox, code: int, state: State
) -> None:
    message = waiting(alice)
    dead = Journal.opened()
    Message.objects.update(holder=dead.name, next_try_at=NOW + 2 * LATER)
    dead.note(Fate.ANSWERED, message.uuid, code)
    dead.leave()

    messaging.deliver_due(at=NOW + LATER)

    message.refresh_from_db()
    assert message.state == state
    assert not mailbox.mails


def test_a_record_cut_in_two_tells_nothing(alice: Person, mailbox: Mailbox) -> None:
    message = waiting(alice)
    dead = Journal.opened()
    Message.objects.update(holder=dead.name, attempts=1)
    os.write(dead.descriptor, f"handed {message.uuid.hex} 0".encode())  # the line never ended
    dead.leave()

    messaging.deliver_due(at=NOW + LATER)

    assert len(mailbox.mails) == 1


def test_a_worker_whose_machine_never_came_back_leaves_no_second_copy(
    alice: Person, mailbox: Mailbox
) -> None:
    message = waiting(alice)
    Message.objects.update(holder=uuid4(), next_try_at=NOW + LATER)

    early = delivery.give_up_lost(at=NOW + timedelta(days=1))
    late = delivery.give_up_lost(at=NOW + timedelta(days=3))

    message.refresh_from_db()
    assert (early, late, message.state) == (0, 1, State.UNCONFIRMED)


def test_the_folder_is_no_media_and_only_ours_to_read(alice: Person, folder: Path) -> None:
    message = write(alice)

    (file,) = folder.iterdir()
    assert file.name == f"{message.uuid}.eml"
    assert file.stat().st_mode & 0o077 == 0


def test_after_an_erasure_the_folder_holds_nothing_of_the_person(
    alice: Person, bob: Person, folder: Path
) -> None:
    write(alice)
    his = write(bob)

    privacy.erase(alice.subject, because="demande", on=TODAY)
    privacy.outbox.deliver(at=NOW + timedelta(hours=1))

    assert [file.name for file in folder.iterdir()] == [f"{his.uuid}.eml"]


def test_an_erasure_while_a_message_leaves_takes_its_copy_too(
    alice: Person, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(Folder):
        def send(self, parcel: Parcel, *, at: datetime, journal: Journal) -> None:
            privacy.erase(alice.subject, because="demande", on=TODAY)
            super().send(parcel, at=at, journal=journal)

    waiting(alice)
    monkeypatch.setattr(couriers, "open_door", lambda _channel: Slow())
    left = messaging.deliver_due(at=NOW + LATER)

    assert left
    assert not list(folder.iterdir())


def test_taking_back_an_address_empties_what_was_sent_to_it(alice: Person, folder: Path) -> None:
    message = write(alice)

    messaging.forget_copies(alice.subject, channel="email", at=NOW)
    privacy.outbox.deliver(at=NOW)

    message.refresh_from_db()
    assert not message.copy
    assert not list(folder.iterdir())


def test_a_provider_that_the_policy_does_not_name_is_refused_at_start(settings: Any) -> None:
    settings.CLAIREVOIE_SMS = "tests.messaging.conftest.Provider"

    (error,) = checks.doors_lead_where_the_policy_says(None)

    assert error.id == "messaging.E001"
    assert error.hint
    assert "recipients.toml" in error.msg


def test_a_provider_that_nobody_wrote_is_refused_at_start(settings: Any) -> None:
    settings.CLAIREVOIE_SMS = "nowhere.Provider"

    (error,) = checks.doors_lead_where_the_policy_says(None)

    assert error.id == "messaging.E002"


@pytest.fixture
def provider(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Provider]:
    """A provider of text messages that the organisation wrote into its policy."""
    folder = tmp_path / "policy"
    shutil.copytree(DEFAULT, folder)
    recipients = folder / "recipients.toml"
    before, sms = recipients.read_text().split("[sms]")
    sms = sms.replace("= false", "= true", 1)
    recipients.write_text(f"{before}[sms]{sms}")
    monkeypatch.setenv("CLAIREVOIE_POLICY", str(folder))
    settings.CLAIREVOIE_SMS = "tests.messaging.conftest.Provider"
    Provider.sent.clear()
    return Provider


def test_a_provider_outside_is_named_to_the_person_before_it_receives_anything(
    alice: Person, provider: type[Provider]
) -> None:
    privacy.forget_contact(alice.subject, kind="email")

    write(alice)

    assert checks.doors_lead_where_the_policy_says(None) == []
    assert provider.sent == [(alice.canaries.phone, NOTE["words"])]
    (exit_,) = Disclosure.including_restricted.filter(subject=alice.subject)
    assert (exit_.recipient, exit_.fields) == ("sms", "phone")


def test_mail_by_djangos_own_functions_is_refused(settings: Any) -> None:
    settings.EMAIL_BACKEND = "clairevoie.messaging.doors.NoOtherDoor"

    with pytest.raises(PassedByTheWindow):
        send_mail("a", "b", "c@exemple.fr", ["d@exemple.fr"])


def test_several_workers_side_by_side_send_each_message_once(
    alice: Person, mailbox: Mailbox
) -> None:
    def work() -> int:
        try:
            return messaging.deliver_due(at=NOW + LATER)
        finally:
            connection.close()

    with transaction.atomic():
        for _ in range(60):
            write(alice)
        Message.objects.update(next_try_at=NOW + LATER)
    with ThreadPoolExecutor(4) as workers:
        sent = [future.result() for future in [workers.submit(work) for _ in range(4)]]

    assert sum(sent) == 60
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == len(mailbox.mails) == 60
