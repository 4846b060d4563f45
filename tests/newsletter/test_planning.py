"""A letter that leaves by itself: at its hour, at the new one, or not at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django_tasks_db.models import DBTaskResult

from clairevoie.lib import calendar
from clairevoie.messaging.models import Mailing
from clairevoie.newsletter import steps, tasks
from clairevoie.newsletter.actions import planning, sending, starting, subscribing, writing
from clairevoie.newsletter.models import Campaign, Topic
from clairevoie.privacy.models import LedgerEntry
from tests.cast import NOW, Person
from tests.gestion.conftest import SignIn, at_work, press
from tests.newsletter.scene import confirmed, subscribed
from tests.newsletter.test_sending import draft, letter

pytestmark = pytest.mark.django_db
__all__ = ["at_work"]
TUESDAY = NOW + timedelta(days=2)


def planned(topics: list[Topic], *, leaves_at: datetime = TUESDAY, readers: int = 1) -> Campaign:
    campaign = letter(topics)
    planning.plan_letter(
        campaign=campaign, number=readers, leaves_at=leaves_at, author=uuid4(), at=NOW
    )
    campaign.refresh_from_db()
    return campaign


def executors() -> list[str]:
    rows = LedgerEntry.objects.filter(executor__startswith="newsletter.").order_by("id")
    return list(rows.values_list("executor", flat=True))


def test_it_leaves_at_its_hour_and_not_before(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    campaign = planned(topics)

    early = starting.leave(campaign=campaign, at=TUESDAY - timedelta(seconds=1))
    too_early = starting.start(campaign=campaign, at=NOW)
    left = starting.leave(campaign=campaign, at=TUESDAY)
    again = starting.leave(campaign=campaign, at=TUESDAY)

    campaign.refresh_from_db()
    assert (early, too_early, left, again) == (False, None, True, False)
    assert (campaign.sent_at, campaign.leaves_at, campaign.recipients) == (TUESDAY, None, 1)
    assert executors()[-2:] == ["newsletter.plan", "newsletter.leave"]


def test_the_worker_is_told_the_hour(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    campaign = planned(topics)

    [task] = DBTaskResult.objects.filter(task_path__endswith="leave_planned")
    assert task.run_after == TUESDAY
    assert task.args_kwargs["args"] == [str(campaign.uuid)]


def test_the_worker_sends_it(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    campaign = planned(topics)
    Campaign.objects.update(leaves_at=calendar.now())

    tasks.leave_planned.func(str(campaign.uuid))
    tasks.leave_planned.func(str(campaign.uuid))

    assert Mailing.objects.get(uuid=campaign.uuid).total == 1


def test_the_night_sends_what_no_worker_sent(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    campaign = planned(topics)

    left = steps.leave_due(TUESDAY + timedelta(hours=5))
    steps.send_unfinished(TUESDAY + timedelta(hours=5))

    assert left == 1
    assert Mailing.objects.get(uuid=campaign.uuid).total == 1


def test_who_stopped_before_the_hour_is_not_written_to(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    confirmed("autre@exemple.fr", topics)
    campaign = planned(topics, readers=2)
    subscribing.stop(subject=alice.subject, source="mon-compte", at=NOW + timedelta(days=1))

    starting.leave(campaign=campaign, at=TUESDAY)
    starting.start(campaign=campaign, at=TUESDAY)

    assert Mailing.objects.get(uuid=campaign.uuid).total == 1


def test_moved_it_leaves_at_the_new_hour_alone(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    campaign, later = planned(topics), TUESDAY + timedelta(days=7)
    planning.move_letter(campaign=campaign, leaves_at=later, author=uuid4(), at=NOW)

    at_the_former = starting.leave(campaign=campaign, at=TUESDAY)
    at_the_new = starting.leave(campaign=campaign, at=later)

    assert (at_the_former, at_the_new) == (False, True)


def test_called_off_it_is_a_draft_that_can_be_written_again(
    topics: list[Topic], alice: Person
) -> None:
    subscribed(alice, topics)
    campaign = planned(topics)

    planning.call_off(campaign=campaign, author=uuid4(), at=NOW)
    left = starting.leave(campaign=campaign, at=TUESDAY)
    writing.write_letter(
        draft=draft(topics, title="Autre titre"), campaign=campaign, author=uuid4(), at=NOW
    )

    assert not left
    with pytest.raises(planning.NotPlanned):
        planning.call_off(campaign=campaign, author=uuid4(), at=NOW)
    with pytest.raises(planning.NotPlanned):
        planning.move_letter(campaign=campaign, leaves_at=TUESDAY, author=uuid4(), at=NOW)


def test_the_words_that_were_planned_are_the_words_that_leave(
    topics: list[Topic], alice: Person
) -> None:
    """Who writes may not be who sends: a change would pass nobody's eyes."""
    subscribed(alice, topics)
    campaign = planned(topics)

    with pytest.raises(writing.IsPlanned):
        writing.write_letter(draft=draft(topics), campaign=campaign, author=uuid4(), at=NOW)
    with pytest.raises(writing.IsPlanned):
        writing.discard_letter(campaign=campaign, author=uuid4(), at=NOW)
    with pytest.raises(writing.IsPlanned):
        planning.plan_letter(
            campaign=campaign, number=1, leaves_at=TUESDAY, author=uuid4(), at=NOW
        )
    with pytest.raises(writing.IsPlanned):
        sending.send_letter(campaign=campaign, number=1, author=uuid4(), at=NOW)


@pytest.mark.parametrize("leaves_at", [NOW, NOW - timedelta(minutes=1), NOW + timedelta(days=367)])
def test_a_date_that_is_past_or_too_far_is_refused(
    topics: list[Topic], alice: Person, leaves_at: datetime
) -> None:
    subscribed(alice, topics)

    with pytest.raises(planning.NotAhead):
        planned(topics, leaves_at=leaves_at)


def test_a_letter_sent_a_moment_ago_is_called_back(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    campaign = letter(topics)
    sending.send_letter(campaign=campaign, number=1, author=uuid4(), at=NOW)

    planning.call_back(campaign=campaign, author=uuid4(), at=NOW)
    taken = starting.start(campaign=campaign, at=NOW)

    campaign.refresh_from_db()
    assert taken is None
    assert campaign.is_draft
    assert (campaign.recipients, Mailing.objects.count()) == (0, 0)


def test_a_letter_called_back_is_in_no_archive(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    campaign = letter(topics)
    sending.send_letter(campaign=campaign, number=1, author=uuid4(), at=NOW)
    writing.publish_letter(campaign=campaign, public=True, author=uuid4(), at=NOW)

    planning.call_back(campaign=campaign, author=uuid4(), at=NOW)

    assert not Campaign.objects.get().public
    with pytest.raises(writing.NotSent):
        writing.publish_letter(campaign=campaign, public=True, author=uuid4(), at=NOW)


def test_once_the_worker_has_begun_it_is_not(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    campaign = letter(topics)
    sending.send_letter(campaign=campaign, number=1, author=uuid4(), at=NOW)
    starting.start(campaign=campaign, at=NOW)

    with pytest.raises(planning.AlreadyTaken):
        planning.call_back(campaign=campaign, author=uuid4(), at=NOW)

    campaign.refresh_from_db()
    assert campaign.sent_at == NOW


def test_the_database_keeps_planned_and_sent_apart(topics: list[Topic]) -> None:
    campaign = letter(topics)

    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(sent_at=NOW, leaves_at=NOW)


# --- The back office ---------------------------------------------------------------------------


def test_eve_plans_moves_and_calls_off(
    topics: list[Topic], alice: Person, eve: Person, at_work: SignIn
) -> None:
    subscribed(alice, topics)
    client, campaign = at_work(eve), letter(topics)
    page = f"/gestion/lettres/{campaign.uuid}/"
    ahead = calendar.now().astimezone(calendar.PARIS) + timedelta(days=30)
    typed = f"{ahead:%Y-%m-%d}T09:05"

    answers = [
        press(client, f"{page}prevoir/", leaves_at=typed, number="7"),
        press(client, f"{page}prevoir/", leaves_at="2020-01-01T09:00", number="1"),
        press(client, f"{page}prevoir/", leaves_at="demain", number="1"),
        press(client, f"{page}prevoir/", leaves_at=typed, number="1"),
    ]
    shown = client.get(page).content.decode()
    listed = client.get("/gestion/lettres/").content.decode()
    move = client.get(f"{page}deplacer/").content.decode()
    off = client.post(f"{page}deprogrammer/")

    assert [answer.status_code for answer in answers] == [422, 422, 422, 302]
    assert f'value="{typed}"' in answers[0].content.decode(), "what was typed stays"
    assert "à venir" in answers[1].content.decode()
    assert "un jour et une heure qui existent" in answers[2].content.decode()
    assert "09:05" in shown
    assert "prévue" in listed
    assert f'value="{typed}"' in move
    assert off.status_code == 302
    assert Campaign.objects.get().is_draft


def test_eve_calls_a_letter_back(
    topics: list[Topic], alice: Person, eve: Person, at_work: SignIn
) -> None:
    subscribed(alice, topics)
    client, campaign = at_work(eve), letter(topics)
    page = f"/gestion/lettres/{campaign.uuid}/"
    press(client, f"{page}envoyer/", number="1")

    answer = client.post(f"{page}rappeler/")

    assert answer.status_code == 302
    assert Campaign.objects.get().is_draft
    assert client.post(f"{page}rappeler/").status_code == 404


@pytest.mark.parametrize("deed", ["prevoir", "deplacer", "deprogrammer", "rappeler"])
def test_others_plan_nothing(
    topics: list[Topic], alice: Person, charlie: Person, client: Client, deed: str
) -> None:
    subscribed(alice, topics)
    campaign = planned(topics)
    client.force_login(charlie.member)

    answer = client.post(f"/gestion/lettres/{campaign.uuid}/{deed}/")

    assert answer.status_code in (302, 403, 404)
    campaign.refresh_from_db()
    assert campaign.leaves_at == TUESDAY
