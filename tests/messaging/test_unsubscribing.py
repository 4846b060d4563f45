"""One link, for ever: it stops what it came with, for whoever it was sent to."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as some

from clairevoie import consent, messaging, privacy
from clairevoie.messaging.models import Suppression
from clairevoie.messaging.unsubscribing import (
    Link,
    UnknownLink,
    link_behind,
    stop,
    token_of,
    unsubscribe,
)
from clairevoie.privacy.models import Consent, DataSubject, LedgerEntry, Objection
from tests.cast import NOW, TODAY, Person
from tests.promises import promise

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def path(person: Person, activity: str = "information") -> str:
    return messaging.unsubscribe_url(person.subject, activity).removeprefix(settings.SITE_URL)


def refused(person: Person, activity: str) -> bool:
    contact = ("email", person.canaries.email)
    return contact in messaging.suppressed([contact], activity)


def subscribe(person: Person) -> None:
    consent.give(person.subject, activity="newsletter", source="test", at=NOW)


@promise("P-057")
def test_one_click_answers_without_cookie_redirect_or_proof_twice(alice: Person) -> None:
    link, stranger = path(alice), Client(enforce_csrf_checks=True)

    answers = [stranger.post(link, ONE_CLICK) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert not any(answer.cookies for answer in answers)
    assert not privacy.may(alice.subject, "information").allowed
    assert refused(alice, "information")
    assert Objection.including_restricted.count() == 1
    assert Suppression.objects.count() == 2  # her address, and her telephone


@promise("P-057")
def test_opening_the_link_changes_nothing(client: Client, alice: Person) -> None:
    for method in (client.get, client.head):
        page = method(path(alice))
        assert page.status_code == 200

    assert privacy.may(alice.subject, "information").allowed
    assert not Suppression.objects.exists()
    assert not LedgerEntry.objects.filter(executor="messaging.unsubscribe").exists()


@promise("P-057")
def test_the_link_of_a_mail_three_years_old_works_once_the_person_is_erased(
    client: Client, alice: Person
) -> None:
    link = path(alice)
    privacy.erase(alice.subject, because="demande", on=TODAY)

    answers = [client.post(link, ONE_CLICK) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert refused(alice, "information")
    row = Suppression.objects.get()
    assert (row.subject, row.purpose) == (None, "information")


def test_the_refusal_stays_when_the_person_is_erased_and_names_nobody(
    client: Client, alice: Person
) -> None:
    client.post(path(alice), ONE_CLICK)

    privacy.erase(alice.subject, because="demande", on=TODAY)

    assert refused(alice, "information")
    told = repr(list(Suppression.objects.values()))
    assert not any(canary in told for canary in alice.canaries.all)


@promise("P-057", "P-100")
def test_a_consent_is_withdrawn_in_the_same_instant_as_the_refusal(
    client: Client, alice: Person
) -> None:
    subscribe(alice)

    client.post(path(alice, "newsletter"), ONE_CLICK)

    assert not privacy.may(alice.subject, "newsletter").allowed
    last = Consent.including_restricted.filter(subject=alice.subject).latest("id")
    assert not last.given
    assert refused(alice, "newsletter")


def test_one_topic_stops_and_the_others_go_on(client: Client, alice: Person) -> None:
    subscribe(alice)

    page = client.post(path(alice), {"what": "this"}).content.decode()

    assert privacy.may(alice.subject, "satisfaction").allowed
    assert privacy.may(alice.subject, "newsletter").allowed
    assert "Tout arrêter" in page


def test_everything_that_can_stop_does_and_security_goes_on(client: Client, alice: Person) -> None:
    subscribe(alice)

    page = client.post(path(alice), {"what": "everything"}).content.decode()

    for activity in ("information", "satisfaction", "newsletter"):
        assert not privacy.may(alice.subject, activity).allowed
        assert refused(alice, activity)
    for activity in ("security", "service-notices"):
        assert privacy.may(alice.subject, activity).allowed
        assert not refused(alice, activity)
    assert "Tout arrêter" not in page


@promise("P-102")
def test_a_refusal_by_mail_holds_for_the_telephone_too(client: Client, alice: Person) -> None:
    client.post(path(alice), ONE_CLICK)

    phone = ("phone", alice.canaries.phone)
    assert messaging.suppressed([phone], "information") == {phone}


@promise("P-015")
@pytest.mark.parametrize("activity", ["security", "service-notices", "suspension"])
def test_what_protects_or_is_due_has_no_link(alice: Person, activity: str) -> None:
    assert messaging.unsubscribe_url(alice.subject, activity) == ""
    with pytest.raises(messaging.CannotBeStopped):
        stop(
            alice.subject,
            keys=(),
            activity=activity,
            because="request",
            source="lettre",
            at=NOW,
        )


def test_the_ledger_tells_the_act_and_not_the_address(client: Client, alice: Person) -> None:
    client.post(path(alice), ONE_CLICK)

    lines = LedgerEntry.objects.filter(executor__startswith="messaging.")
    assert {line.subject for line in lines} == {alice.subject.uuid}
    told = repr([(line.facts, line.executor) for line in lines])
    assert not any(canary in told for canary in alice.canaries.all)


def test_the_page_is_kept_from_caches_sites_and_search(client: Client, alice: Person) -> None:
    for page in (client.get(path(alice)), client.post(path(alice), ONE_CLICK)):
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page.headers["Cache-Control"]
        assert page.headers["X-Robots-Tag"].startswith("noindex")
        words = page.content.decode()
        assert not any(canary in words for canary in alice.canaries.all)
        assert not re.findall(r'(?:src|action)="https?://', words)


def test_the_token_shows_nothing_of_what_it_says(alice: Person) -> None:
    token = path(alice).split("/")[2]

    assert len(token) < 120
    assert alice.subject.uuid.hex not in token
    assert "information" not in token


def test_a_forged_cut_or_endless_token_finds_help_and_asks_no_database(
    client: Client, alice: Person, django_assert_num_queries: object
) -> None:
    good = path(alice).split("/")[2]
    swapped = "A" if good[5] != "A" else "B"
    for bad in (good[:-1], good[:40], good[:5] + swapped + good[6:], "x" * 10_000, "é", "%00"):
        with django_assert_num_queries(0):  # type: ignore[operator]
            answers = [ask(f"/desinscription/{bad}/") for ask in (client.get, client.post)]
        for answer in answers:
            assert answer.status_code == 404
            assert "lettre" in answer.content.decode()


@hypothesis_settings(max_examples=200, deadline=None)
@given(some.text(max_size=400))
def test_nothing_but_our_tokens_opens(token: str) -> None:
    with pytest.raises(UnknownLink):
        link_behind(token)


def test_a_token_for_what_cannot_be_stopped_stops_nothing(client: Client, alice: Person) -> None:
    token = token_of(Link(person=alice.subject.uuid, key=bytes(16), activity="security"))

    answer = client.post(f"/desinscription/{token}/", ONE_CLICK)

    assert answer.status_code == 404
    assert privacy.may(alice.subject, "security").allowed


def test_the_token_of_one_person_stops_nothing_of_another(
    client: Client, alice: Person, charlie: Person
) -> None:
    client.post(path(charlie), ONE_CLICK)

    assert privacy.may(alice.subject, "information").allowed
    assert not refused(alice, "information")


def test_a_link_sent_to_a_person_since_merged_stops_the_one_who_remains(
    client: Client, alice: Person
) -> None:
    other = privacy.register_subject(on=TODAY)
    link = messaging.unsubscribe_url(
        other, "information", contact=("email", alice.canaries.email)
    ).removeprefix(settings.SITE_URL)
    privacy.merge(alice.subject, other, on=TODAY)

    answer = client.post(link, ONE_CLICK)

    assert answer.status_code == 200
    assert not privacy.may(alice.subject, "information").allowed


def test_who_changes_their_mind_starts_again_and_only_what_they_chose(
    client: Client, alice: Person
) -> None:
    client.post(path(alice), {"what": "everything"})

    messaging.start_again(alice.subject, activity="information", source="mon-compte", at=NOW)

    assert privacy.may(alice.subject, "information").allowed
    assert not refused(alice, "information")
    assert refused(alice, "newsletter")
    assert refused(alice, "satisfaction")


def test_a_letter_is_not_started_again_without_a_new_consent(alice: Person) -> None:
    with pytest.raises(messaging.NeedsConsent):
        messaging.start_again(alice.subject, activity="newsletter", source="x", at=NOW)


def test_a_withdrawal_is_read_by_the_next_message(client: Client, alice: Person) -> None:
    client.post(path(alice), ONE_CLICK)

    later = NOW + timedelta(seconds=1)
    message = messaging.send(
        alice.subject, "note", "information", context={"title": "t", "words": "w"}, at=later
    )

    assert message.state == messaging.State.REFUSED


def test_a_link_without_any_known_address_stops_for_its_person(dora: Person) -> None:
    nobody = DataSubject.objects.create(last_contact=TODAY)
    token = token_of(Link(person=nobody.uuid, key=bytes(16), activity="information"))

    stopped = unsubscribe(link_behind(token), at=NOW)

    assert stopped.now
    assert not privacy.may(nobody, "information").allowed
    assert not Suppression.objects.exists()
