"""From the draft to the mailboxes: only those who asked, and nothing that watches them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clairevoie import messaging, policy, privacy
from clairevoie.messaging.models import Mailing, Message
from clairevoie.newsletter import steps
from clairevoie.newsletter.actions import sending, starting, subscribing, writing
from clairevoie.newsletter.models import Campaign, Topic, recipients_of
from clairevoie.privacy.models import DataSubject, LedgerEntry
from tests.cast import NOW, Person
from tests.gestion.conftest import SignIn, at_work, press
from tests.newsletter.scene import confirmed, links_in, subscribed
from tests.promises import promise

pytestmark = pytest.mark.django_db

BODY = "Bonjour,\n\nVoici [le programme](https://exemple.fr/programme?mois=1).\n\nÀ bientôt."
__all__ = ["at_work"]


def draft(topics: list[Topic], **more: Any) -> writing.Draft:
    values = {
        "title": "Les ateliers de décembre",
        "preheader": "",
        "body": BODY,
        "language": "fr",
        "audience": "everybody",
        "topics": topics,
    }
    return writing.Draft(**{**values, **more})


def letter(topics: list[Topic], **more: Any) -> Campaign:
    return writing.write_letter(draft=draft(topics, **more), campaign=None, author=uuid4(), at=NOW)


def sent(topics: list[Topic], **more: Any) -> Campaign:
    """A letter that left, its worker having done all."""
    campaign = letter(topics, **more)
    number = recipients_of(campaign).count()
    sending.send_letter(campaign=campaign, number=number, author=uuid4(), at=NOW)
    campaign.refresh_from_db()
    mailing = starting.start(campaign=campaign, at=NOW)
    assert mailing is not None
    messaging.run_mailing(mailing, clock=lambda: NOW, until=NOW + timedelta(minutes=5))
    return campaign


def written_to(campaign: Campaign) -> set[int]:
    messages = Message.including_restricted.filter(mailing__uuid=campaign.uuid, state="sent")
    return set(messages.values_list("subject", flat=True))


def readers(campaign: Campaign) -> list[DataSubject]:
    return [subscription.subject for subscription in recipients_of(campaign)]


# --- Whom ---------------------------------------------------------------------------------------


@promise("P-016")
def test_whoever_did_not_tick_the_box_is_not_written_to(
    topics: list[Topic], alice: Person, charlie: Person
) -> None:
    subscribed(alice, topics)

    assert readers(letter(topics)) == [alice.subject]


def test_a_letter_goes_to_the_followers_of_its_topics(topics: list[Topic], alice: Person) -> None:
    confirmed("parcours@exemple.fr", topics[:1])
    confirmed(alice.canaries.email, topics[1:])

    assert recipients_of(letter(topics[:1])).count() == 1
    assert readers(letter(topics[1:])) == [alice.subject]
    assert recipients_of(letter(topics)).count() == 2


def test_members_and_others_are_the_only_segments(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    stranger = confirmed("dehors@exemple.fr", topics).subject

    assert readers(letter(topics, audience="members")) == [alice.subject]
    assert readers(letter(topics, audience="others")) == [stranger]


def test_whoever_stopped_is_restricted_or_dead_gets_nothing(
    topics: list[Topic], alice: Person, bob: Person, charlie: Person
) -> None:
    for person in (alice, bob, charlie):
        subscribed(person, topics)
    subscribing.stop(subject=alice.subject, source="lettre", at=NOW)
    privacy.restrict(bob.subject, ground="accuracy", on=NOW.date())

    assert readers(letter(topics)) == [charlie.subject]


def test_a_withdrawal_between_the_sending_and_the_mail_stops_it(
    topics: list[Topic], alice: Person, charlie: Person
) -> None:
    subscribed(alice, topics)
    subscribed(charlie, topics)
    campaign = letter(topics)
    sending.send_letter(campaign=campaign, number=2, author=uuid4(), at=NOW)
    campaign.refresh_from_db()
    mailing = starting.start(campaign=campaign, at=NOW)
    assert mailing is not None

    subscribing.stop(subject=alice.subject, source="lettre", at=NOW)
    messaging.run_mailing(mailing, clock=lambda: NOW, until=NOW + timedelta(minutes=5))

    assert written_to(campaign) == {charlie.subject.pk}


def test_counting_readers_takes_one_query_however_many_they_are(topics: list[Topic]) -> None:
    campaign = letter(topics)
    confirmed("un@exemple.fr", topics)
    with CaptureQueriesContext(connection) as few:
        recipients_of(campaign).count()
    for number in range(10):
        confirmed(f"{number}@exemple.fr", topics)
    with CaptureQueriesContext(connection) as many:
        assert recipients_of(campaign).count() == 11

    assert len(few) == len(many) == 1


# --- What ---------------------------------------------------------------------------------------


@promise("P-016")
def test_a_mail_holds_the_authors_links_the_way_out_and_the_policy_alone(
    topics: list[Topic], alice: Person, home: Any
) -> None:
    subscribed(alice, topics)
    before = set((home / "mail").glob("*"))

    campaign = sent(topics)

    (mail,) = set((home / "mail").glob("*")) - before
    import email
    import email.policy

    parsed = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    text = parsed.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    html = parsed.get_body(("html",)).get_content()  # type: ignore[union-attr]
    allowed = {
        "https://exemple.fr/programme?mois=1",
        messaging.unsubscribe_url(alice.subject, "newsletter"),
        "http://127.0.0.1:8000/confidentialite/",
    }
    assert set(links_in(text)) <= allowed
    assert set(re.findall(r'href="([^"]+)"', html)) == allowed
    assert not re.search(r"<img|src=|url\(", html), "no pixel, no image from anywhere"
    assert parsed["Subject"] == campaign.title
    assert "List-Unsubscribe-Post" in parsed


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"title": "Titre\nBcc: tous@exemple.fr"}, writing.OnSeveralLines),
        ({"title": "Titre\r\n\r\n<html>"}, writing.OnSeveralLines),
        ({"preheader": "Deux\x00lignes"}, writing.OnSeveralLines),
        ({"title": "Titre\u2028suite"}, writing.OnSeveralLines),
        ({"title": "   "}, writing.NothingWritten),
        ({"body": " \n "}, writing.NothingWritten),
        ({"body": "![p](https://suivi.exemple.fr/p.gif)"}, writing.ForeignImage),
    ],
)
def test_what_cannot_be_sent_is_refused_when_it_is_written(
    topics: list[Topic], wrong: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        letter(topics, **wrong)

    assert not Campaign.objects.exists()


def test_a_letter_that_left_changes_no_more(topics: list[Topic], alice: Person) -> None:
    subscribed(alice, topics)
    campaign = sent(topics)

    with pytest.raises(writing.AlreadySent):
        writing.write_letter(
            draft=draft(topics, title="Autre"), campaign=campaign, author=uuid4(), at=NOW
        )
    with pytest.raises(writing.AlreadySent):
        sending.send_letter(campaign=campaign, number=1, author=uuid4(), at=NOW)
    with pytest.raises(writing.AlreadySent):
        writing.discard_letter(campaign=campaign, author=uuid4(), at=NOW)


def test_the_number_that_is_typed_must_be_the_one_shown(
    topics: list[Topic], alice: Person
) -> None:
    campaign = letter(topics)
    with pytest.raises(sending.NobodyToWriteTo):
        sending.send_letter(campaign=campaign, number=0, author=uuid4(), at=NOW)
    subscribed(alice, topics)

    with pytest.raises(sending.WrongNumber):
        sending.send_letter(campaign=campaign, number=2, author=uuid4(), at=NOW)

    assert not Mailing.objects.exists()


def test_a_worker_that_died_is_made_up_for_and_nobody_is_written_to_twice(
    topics: list[Topic], alice: Person
) -> None:
    subscribed(alice, topics)
    campaign = letter(topics)
    sending.send_letter(campaign=campaign, number=1, author=uuid4(), at=NOW)

    first, second = steps.send_unfinished(NOW), steps.send_unfinished(NOW)

    assert (first, second) == (1, 0)
    assert Message.including_restricted.filter(mailing__uuid=campaign.uuid).count() == 1


def test_departures_are_counted_by_the_withdrawals_themselves(
    topics: list[Topic], alice: Person, charlie: Person
) -> None:
    subscribed(alice, topics)
    campaign = sent(topics)
    subscribed(charlie, topics)
    later = NOW + timedelta(days=1)

    for person in (alice, charlie):  # Charlie was not among its readers
        subscribing.stop(subject=person.subject, source="lettre", at=later)
    steps.count(later)

    campaign.refresh_from_db()
    assert (campaign.recipients, campaign.reached, campaign.departures) == (1, 1, 1)


# --- The back office ----------------------------------------------------------------------------


def posted(about: list[Topic], **more: Any) -> dict[str, Any]:
    values = {
        "title": "Les ateliers de décembre",
        "body": BODY,
        "topics": [topic.slug for topic in about],
        "audience": "everybody",
        "language": "fr",
    }
    return {**values, **more}


def test_eve_writes_reads_again_tries_and_sends(
    topics: list[Topic], alice: Person, eve: Person, at_work: SignIn
) -> None:
    subscribed(alice, topics)
    client = at_work(eve)

    made = client.post("/gestion/lettres/nouvelle/", posted(topics))
    page = client.get(made["Location"]).content.decode()
    tried = client.post(f"{made['Location']}essai/")
    wrong = press(client, f"{made['Location']}envoyer/", number="7")
    gone = press(client, f"{made['Location']}envoyer/", number="1")

    campaign = Campaign.objects.get()
    assert "<h3" in page
    assert 'href="https://exemple.fr/programme?mois=1"' in page
    assert (tried.status_code, wrong.status_code, gone.status_code) == (302, 422, 302)
    assert "relisez-le" in wrong.content.decode()
    test = Message.including_restricted.get(template="mailing-test")
    assert test.subject == eve.subject
    assert campaign.sent_at is not None
    assert LedgerEntry.objects.filter(executor="newsletter.send").count() == 1


def test_two_authors_at_once_lose_no_word_and_send_none_unread(
    topics: list[Topic], alice: Person, eve: Person, at_work: SignIn
) -> None:
    subscribed(alice, topics)
    client, campaign = at_work(eve), letter(topics)
    page = f"/gestion/lettres/{campaign.uuid}/"
    read = {deed: client.get(f"{page}{deed}/").context["mark"] for deed in ("ecrire", "envoyer")}
    press(client, f"{page}ecrire/", **posted(topics, title="De quelqu’un d’autre"))

    edited = client.post(
        f"{page}ecrire/", {**posted(topics, title="Le mien"), "lu": read["ecrire"]}
    )
    sent = client.post(f"{page}envoyer/", {"number": "1", "lu": read["envoyer"]})

    assert (edited.status_code, sent.status_code) == (422, 422)
    assert "Le mien" in edited.content.decode(), "what was typed stays"
    assert Campaign.objects.get().title == "De quelqu’un d’autre"
    assert Campaign.objects.get().is_draft


def test_pause_resume_and_cancel_are_one_button_each(
    topics: list[Topic], alice: Person, eve: Person, at_work: SignIn
) -> None:
    subscribed(alice, topics)
    client, campaign = at_work(eve), letter(topics)
    sending.send_letter(campaign=campaign, number=1, author=uuid4(), at=NOW)
    campaign.refresh_from_db()
    starting.start(campaign=campaign, at=NOW)
    page = f"/gestion/lettres/{campaign.uuid}/"
    states = []

    for button in ("suspendre", "reprendre", "annuler"):
        assert client.post(f"{page}{button}/").status_code == 302, button
        states.append(Mailing.objects.get().state)

    assert states == ["paused", "sending", "cancelled"]
    assert client.post(f"{page}reprendre/").status_code == 404
    assert "annulé" in client.get(page).content.decode()


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": "A\nBcc: x@exemple.fr"}, "une seule ligne"),
        ({"topics": []}, "au moins un thème"),
        ({"body": "![p](https://suivi.exemple.fr/p.gif)"}, "qui ouvre la lettre"),
    ],
)
def test_a_refusal_is_said_beside_its_field_with_what_was_typed(
    topics: list[Topic], eve: Person, at_work: SignIn, wrong: dict[str, Any], sentence: str
) -> None:
    answer = at_work(eve).post("/gestion/lettres/nouvelle/", posted(topics, **wrong))

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert "Voici [le programme]" in answer.content.decode() or "body" in wrong


@pytest.mark.parametrize("name", ["charlie", "bob", "flora", "gaston"])
def test_others_are_refused_every_door(
    name: str, topics: list[Topic], at_work: SignIn, request: pytest.FixtureRequest
) -> None:
    campaign = letter(topics)
    client = at_work(request.getfixturevalue(name))

    for path in ("", "nouvelle/", f"{campaign.uuid}/", f"{campaign.uuid}/envoyer/"):
        assert client.get(f"/gestion/lettres/{path}").status_code == 403, path
        assert client.post(f"/gestion/lettres/{path}").status_code == 403, path
    for path in ("themes/", "themes/ouvrir/", "imports/", "imports/importer/"):
        assert client.get(f"/gestion/{path}").status_code == 403, path


def test_helene_reads_and_changes_nothing(
    topics: list[Topic], helene: Person, at_work: SignIn
) -> None:
    campaign = letter(topics)
    client = at_work(helene)

    assert client.get(f"/gestion/lettres/{campaign.uuid}/").status_code == 200
    assert client.post("/gestion/lettres/nouvelle/", posted(topics)).status_code == 403
    assert client.post(f"/gestion/lettres/{campaign.uuid}/envoyer/").status_code == 403


def test_the_list_takes_as_many_queries_for_one_letter_as_for_twenty(
    topics: list[Topic], eve: Person, at_work: SignIn
) -> None:
    client = at_work(eve)
    letter(topics)
    client.get("/gestion/lettres/")

    def queries(path: str) -> int:
        with CaptureQueriesContext(connection) as made:
            assert client.get(path).status_code == 200
        return len(made)

    few = queries("/gestion/lettres/"), queries("/gestion/themes/")
    for number in range(19):
        letter(topics, title=f"Lettre {number}")
        Topic.objects.create(slug=f"theme-{number}", name=f"Thème {number}")

    assert (queries("/gestion/lettres/"), queries("/gestion/themes/")) == few


# --- The archive --------------------------------------------------------------------------------


def test_a_letter_is_public_only_once_it_is_said(
    visitor: Client, topics: list[Topic], alice: Person
) -> None:
    subscribed(alice, topics)
    campaign = sent(topics)
    address = f"/newsletter/archives/{campaign.uuid}/"

    before = visitor.get(address).status_code
    writing.publish_letter(campaign=campaign, public=True, author=uuid4(), at=NOW)
    shown = visitor.get(address).content.decode()
    listed = visitor.get("/newsletter/archives/").content.decode()
    feed = visitor.get("/newsletter/archives/flux.xml")
    map_of_site = visitor.get("/sitemap.xml").content.decode()

    assert before == 404
    assert "https://exemple.fr/programme?mois=1" in shown
    assert address in listed
    assert address in map_of_site
    assert "desinscription" not in shown, "nobody's link"
    assert (feed.status_code, feed["Content-Type"]) == (200, "application/atom+xml; charset=utf-8")


def test_the_archive_is_paged_and_flat(
    visitor: Client, topics: list[Topic], django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        Campaign.objects.create(
            title=f"Lettre {number}", body="x", written_at=NOW, sent_at=NOW, public=True
        )

    with django_assert_max_num_queries(3):
        page = visitor.get("/newsletter/archives/?page=2").content.decode()

    assert page.count("letters__one") == 12
    assert "Page 2 sur 3" in page


def test_an_empty_archive_says_what_to_do(visitor: Client, topics: list[Topic]) -> None:
    assert "Aucune lettre parue" in visitor.get("/newsletter/archives/").content.decode()


def test_the_policy_says_who_sends_it() -> None:
    activity = policy.current().activities["newsletter"]

    assert not activity.planned
    assert activity.retention[:2] == ("newsletter", "newsletter-pending")
