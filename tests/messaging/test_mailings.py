"""A letter to many: what each gets, who gets none, and how it is paused, resumed and counted."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django_tasks_db.models import DBTaskResult

from clairevoie import messaging, privacy
from clairevoie.messaging import couriers, delivery, mailings, tasks
from clairevoie.messaging.doors import Parcel, Smtp, smtp
from clairevoie.messaging.journal import Journal
from clairevoie.messaging.models import Mailing, Message, Pace, State
from clairevoie.policy.reader import DEFAULT
from clairevoie.privacy.models import DataSubject, Disclosure, LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.messaging.conftest import Mailbox
from tests.messaging.readers import address, readers, start
from tests.promises import promise

pytestmark = pytest.mark.django_db(transaction=True)


def run(mailing: Mailing, *, at: datetime = NOW) -> datetime | None:
    return messaging.run_mailing(mailing, clock=lambda: at)


def got(mailbox: Mailbox) -> list[str]:
    return sorted(mail["To"] for mail in mailbox.mails)


# --- What each gets -----------------------------------------------------------------------------


@promise("P-009", "P-057")
def test_each_reader_gets_the_same_words_with_a_link_of_their_own(mailbox: Mailbox) -> None:
    readers(3)

    run(start(title="Été : la lettre", html="<p>Voici <b>les nouvelles</b>.</p>"))

    links = set()
    for mail in mailbox.mails:
        assert mail["Subject"] == "Été : la lettre"
        link = mail["List-Unsubscribe"].strip("<>")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        plain, page = (part.get_content() for part in mail.iter_parts())
        assert "Voici les nouvelles." in plain
        assert "<p>Voici <b>les nouvelles</b>.</p>" in page
        assert link in plain
        assert link in page
        assert "lien.invalid" not in plain + page
        links.add(link)
    assert len(links) == 3


def test_what_leaves_is_seven_bits_wide_and_no_line_is_long(mailbox: Mailbox) -> None:
    readers(1)
    dots = ".une ligne qui commence par un point\n." + "très long, " * 300

    run(start(text=dots))

    (mail,) = mailbox.mails
    plain = next(iter(mail.iter_parts()))
    assert plain["Content-Transfer-Encoding"] == "quoted-printable"
    assert str(plain.get_payload()).isascii()
    assert max(map(len, str(plain.get_payload()).splitlines())) <= 78
    assert dots.strip() in plain.get_content().replace("\r\n", "\n")


def test_the_frame_speaks_the_readers_language_unless_the_mailing_has_one(
    alice: Person, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers(1)
    monkeypatch.setattr(couriers, "languages_of", lambda ids: dict.fromkeys(ids, "en"))

    run(start())
    run(start(language="fr"))

    english, french = (next(iter(mail.iter_parts())).get_content() for mail in mailbox.mails)
    assert "Privacy policy" in english
    assert "Politique de confidentialité" in french


def test_a_title_of_two_lines_opens_no_header(mailbox: Mailbox) -> None:
    readers(1)

    run(start(title="Bonjour\r\nBcc: tous@exemple.fr"))

    (mail,) = mailbox.mails
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Bonjour Bcc: tous@exemple.fr"


def test_a_test_letter_reaches_one_member_of_staff_and_counts_for_nothing(
    bob: Person, mailbox: Mailbox
) -> None:
    sent = messaging.send_test(
        bob.subject, activity="newsletter", title="Novembre", text="Bonjour.", at=NOW
    )

    (mail,) = mailbox.mails
    assert mail["Subject"] == "[Essai] Novembre"
    assert mail["To"] == bob.canaries.email
    sent.refresh_from_db()
    assert (sent.state, sent.text) == (State.SENT, "")
    assert not Mailing.objects.exists()


# --- Who gets none ------------------------------------------------------------------------------


@promise("P-016", "P-100")
def test_who_took_their_word_back_after_it_was_enqueued_gets_nothing(mailbox: Mailbox) -> None:
    stays, withdraws, objects, suppressed = readers(4)
    mailing = start()

    privacy.withdraw_consent(withdraws, activity="newsletter", source="test", at=NOW)
    privacy.object_to(objects, activity="newsletter", source="test", at=NOW)
    messaging.suppress(
        kind="email", raw=address(suppressed), purpose="newsletter", because="link", at=NOW
    )
    run(mailing)

    assert got(mailbox) == [address(stays)]
    assert messaging.mailing_progress(mailing).refused == 3


def test_a_withdrawal_during_the_run_stops_that_persons_letter(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = readers(6)
    mailing = start()

    class Changing(Smtp):
        def send(self, parcel: Parcel, *, at: datetime, journal: Journal) -> None:
            super().send(parcel, at=at, journal=journal)
            if len(mailbox.mails) == 2:
                privacy.withdraw_consent(people[4], activity="newsletter", source="x", at=NOW)
                privacy.erase(people[5], because="demande", on=TODAY)

    monkeypatch.setattr(couriers, "FRESH", 0.000_001)  # as if a second passed with each mail
    monkeypatch.setattr(couriers, "open_door", lambda _channel: Changing())
    run(mailing)

    assert got(mailbox) == sorted(map(address, people[:4]))
    mailing.refresh_from_db()
    assert (mailing.state, mailing.sent, mailing.refused) == (Pace.DONE, 4, 1)


def test_the_erased_and_whoever_has_no_proved_address_get_nothing(mailbox: Mailbox) -> None:
    stays, erased = readers(2)
    readers(1, verified=False)
    mailing = start()
    privacy.erase(erased, because="demande", on=TODAY)

    run(mailing)

    assert got(mailbox) == [address(stays)]
    progress = messaging.mailing_progress(mailing)
    assert (progress.total, progress.sent, progress.failed, progress.waiting) == (3, 1, 1, 0)


# --- Enqueuing ----------------------------------------------------------------------------------


def test_enqueuing_goes_on_where_it_was_killed_and_doubles_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mailings, "PAGE", 4)
    readers(10)
    number = uuid4()

    class Killed(BaseException):
        pass

    def dies(_people: int) -> None:
        raise Killed

    with pytest.raises(Killed):
        start(uuid=number, advance=dies)
    half = Mailing.objects.get()
    went = run(half)
    whole = start(uuid=number)
    again = start(uuid=number)

    assert (half.state, half.total, went) == (Pace.PREPARING, 4, None)
    assert whole.pk == again.pk
    assert (again.state, again.total) == (Pace.SENDING, 10)
    assert Message.objects.values("subject").distinct().count() == 10


def test_enqueuing_costs_the_same_queries_for_two_as_for_two_hundred(
    django_assert_num_queries: Any,
) -> None:
    counts = []
    for size in (2, 200):
        people = DataSubject.objects.filter(pk__in=[p.pk for p in readers(size)])
        with django_assert_num_queries(30, exact=False) as queries:
            start(people)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_recipients_may_be_a_column_of_any_table(mailbox: Mailbox) -> None:
    people = readers(3)
    chosen = privacy.ContactPoint.objects.filter(raw=address(people[1])).values("subject_id")

    mailing = start(chosen)

    assert mailing.total == 1


def test_two_rows_for_one_reader_are_refused_by_the_database(mailbox: Mailbox) -> None:
    readers(1)
    mailing = start()
    row = Message.objects.get(mailing=mailing)
    row.pk, row.uuid = None, uuid4()

    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        row.save(force_insert=True)


# --- Under way ----------------------------------------------------------------------------------


def test_pausing_stops_it_within_a_batch_and_resuming_goes_on(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAILING_BATCH", 3)
    readers(9)
    mailing = start()

    class Pausing(Smtp):
        def send(self, parcel: Parcel, *, at: datetime, journal: Journal) -> None:
            super().send(parcel, at=at, journal=journal)
            if len(mailbox.mails) == 4:
                messaging.pause_mailing(mailing, at=NOW)

    monkeypatch.setattr(couriers, "open_door", lambda _channel: Pausing())
    run(mailing)
    paused = len(mailbox.mails)
    messaging.resume_mailing(mailing, at=NOW)
    run(mailing)

    assert paused == 6
    assert len(set(got(mailbox))) == len(mailbox.mails) == 9
    assert messaging.mailing_progress(mailing).percent == 100.0


def test_a_cancelled_mailing_sends_nothing_more_and_leaves_no_row(mailbox: Mailbox) -> None:
    readers(5)
    mailing = start()

    messaging.cancel_mailing(mailing, at=NOW)
    run(mailing)

    assert not mailbox.mails
    assert not Message.including_restricted.exists()
    assert messaging.mailing_progress(mailing).waiting == 0
    with pytest.raises(messaging.NotUnderWay):
        messaging.resume_mailing(mailing, at=NOW)


def test_a_server_that_is_down_costs_no_attempt_and_is_tried_again_later(
    mailbox: Mailbox, settings: Any
) -> None:
    readers(3)
    mailing = start()
    up, settings.EMAIL_PORT = settings.EMAIL_PORT, 1

    again = run(mailing)
    settings.EMAIL_PORT = up
    too_early = run(mailing)
    assert again is not None
    run(mailing, at=again)

    assert again == too_early == NOW + timedelta(minutes=5)
    assert set(Message.objects.values_list("attempts", "state")) == {(1, State.SENT)}


def test_one_refused_address_and_one_slow_mailbox_hold_up_nobody(mailbox: Mailbox) -> None:
    readers(4)
    mailbox.answers = ["550 no such mailbox", "451 later"]
    mailing = start()

    again = run(mailing)
    assert again == NOW + timedelta(minutes=5)
    run(mailing, at=again)

    progress = messaging.mailing_progress(mailing)
    assert (progress.sent, progress.failed, progress.waiting) == (3, 1, 0)


def test_a_mailbox_that_is_always_full_is_given_up(mailbox: Mailbox) -> None:
    readers(1)
    mailbox.answers = ["452 full"] * 9
    mailing = start()

    at: datetime | None = NOW
    tries = 0
    while at is not None:
        at, tries = run(mailing, at=at), tries + 1

    assert tries == couriers.MOST_ATTEMPTS
    assert messaging.mailing_progress(mailing).failed == 1


def test_a_hundred_more_readers_cost_no_more_queries(
    mailbox: Mailbox, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(couriers, "FRESH", 60.0)  # a busy machine would ask the gate again
    counts = []
    for size in (2, 102):
        mailing = start(DataSubject.objects.filter(pk__in=[p.pk for p in readers(size)]))
        with django_assert_num_queries(40, exact=False) as queries:
            run(mailing)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_the_worker_sends_slices_and_comes_back_until_it_is_done(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MAILING_BATCH", 2)
    monkeypatch.setattr(tasks, "SLICE", timedelta(0))
    readers(5)
    mailing = start()

    slices = 0
    while waiting := DBTaskResult.objects.filter(status="READY").first():
        waiting.delete()
        tasks.send_mailing.func(str(mailing.uuid))
        slices += 1

    assert slices == 3
    mailing.refresh_from_db()
    assert (mailing.state, mailing.sent) == (Pace.DONE, 5)


def test_a_slice_that_fails_is_taken_up_a_minute_later(
    mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers(3)
    mailing = start()
    DBTaskResult.objects.all().delete()

    class Breaks(Smtp):
        def close(self) -> None:
            super().close()
            raise RuntimeError("the line broke")

    with monkeypatch.context() as broken:
        broken.setattr(couriers, "open_door", lambda _channel: Breaks())
        with pytest.raises(RuntimeError):
            tasks.send_mailing.func(str(mailing.uuid))
    later = DBTaskResult.objects.get(status="READY")
    run(mailing)

    assert later.run_after > later.enqueued_at
    assert len(mailbox.mails) == 3


def test_a_mailing_that_a_dead_worker_left_is_handed_on_at_the_next_start() -> None:
    readers(1)
    mailing = start()
    DBTaskResult.objects.update(status="RUNNING")  # what a killed worker leaves for ever

    handed_on = mailings.resume_interrupted(at=NOW)

    assert handed_on == 1
    waiting = DBTaskResult.objects.get(status="READY")
    assert waiting.args_kwargs["args"] == [str(mailing.uuid)]


def test_the_ledger_says_how_many_and_of_nobody(mailbox: Mailbox) -> None:
    readers(2)

    run(start())

    begun, done = LedgerEntry.objects.filter(executor__endswith="-mailing").order_by("id")
    assert begun.facts["count"] == 2
    assert (done.facts["sent"], done.facts["total"]) == (2, 2)
    assert begun.subject is None


def test_a_mailing_to_a_provider_outside_names_it_to_each_person_once(
    mailbox: Mailbox, outside: str
) -> None:
    people = readers(3)
    mailbox.answers = ["451 later"]
    mailing = start()

    again = run(mailing)
    assert again is not None
    run(mailing, at=again)

    exits = Disclosure.including_restricted.values_list("subject", "recipient", "fields")
    assert sorted(exits) == [(p.pk, outside, "email") for p in people]


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server belongs to a provider that the policy declares as active."""
    folder = Path(shutil.copytree(DEFAULT, tmp_path / "policy"))
    recipients = folder / "recipients.toml"
    before, mailer = recipients.read_text().split("[mailer]")
    mailer = mailer.replace("active            = false", "active            = true", 1)
    recipients.write_text(f"{before}[mailer]{mailer}")
    monkeypatch.setenv("CLAIREVOIE_POLICY", str(folder))
    monkeypatch.setattr(smtp, "_OURSELVES", ())
    return "mailer"
