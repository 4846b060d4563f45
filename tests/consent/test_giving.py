"""Agreeing and taking it back: what is recorded, what the gate then says, what is asked again."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from clairevoie import consent, policy, privacy
from clairevoie.privacy import triggers
from clairevoie.privacy.models import (
    Acknowledgement,
    Consent,
    ConsentText,
    DataSubject,
    LedgerEntry,
    Objection,
)
from clairevoie.privacy.scope import facts_of, fingerprint_of
from clairevoie.privacy.wordings import publish_present
from tests.cast import NOW, Person
from tests.consent.changing import OwnPolicy
from tests.promises import promise

pytestmark = pytest.mark.django_db

ASKED = "testimonials"


def agree(subject: DataSubject, activity: str = ASKED, **more: str) -> Consent:
    return consent.give(subject, activity=activity, source="test", at=NOW, **more)


def version_of(given: Consent) -> ConsentText:
    """The text a consent names; each does."""
    assert given.wording is not None
    return given.wording


def lets_through(subject: DataSubject, activity: str = ASKED) -> bool:
    """Both forms of the gate, which must say the same."""
    one = privacy.may(subject, activity).allowed
    everyone = privacy.permitted(DataSubject.objects.all(), activity, subject="pk")
    assert everyone.filter(pk=subject.pk).exists() is one
    return one


# --- Giving and withdrawing -----------------------------------------------------------------


@promise("P-100")
def test_withdrawing_is_one_call_as_giving_is_and_stops_at_once(alice: Person) -> None:
    agree(alice.subject)
    before = lets_through(alice.subject)

    consent.withdraw(alice.subject, activity=ASKED, source="mon-compte", at=NOW)

    assert before
    assert not lets_through(alice.subject)


@promise("P-100")
def test_the_proof_of_what_was_agreed_stays_and_what_was_done_before_stays_lawful(
    alice: Person,
) -> None:
    agree(alice.subject)
    consent.withdraw(alice.subject, activity=ASKED, source="mon-compte", at=NOW)

    given, withdrawn = Consent.including_restricted.filter(subject=alice.subject).order_by("id")

    assert (given.given, withdrawn.given) == (True, False)
    assert given.text == withdrawn.text == policy.current().activities[ASKED].consent["fr"]
    lines = LedgerEntry.objects.filter(subject=alice.subject.uuid).values_list("executor")
    assert list(lines) == [("consent.give",), ("consent.withdraw",)]


def test_withdrawing_twice_or_what_was_never_given_is_no_act(alice: Person) -> None:
    agree(alice.subject)
    consent.withdraw(alice.subject, activity=ASKED, source="test", at=NOW)

    again = consent.withdraw(alice.subject, activity=ASKED, source="test", at=NOW)

    assert again is None
    assert Consent.including_restricted.count() == 2


def test_each_consent_names_the_exact_words_the_facts_and_the_policy(alice: Person) -> None:
    given = agree(alice.subject, language="en")

    words = policy.current().activities[ASKED].consent["en"]
    assert given.text == words
    assert given.text_hash == hashlib.sha256(words.encode()).hexdigest()
    assert given.fingerprint == fingerprint_of(facts_of(policy.current().activities[ASKED]))
    assert given.policy_hash == policy.current().digest
    assert (version_of(given).language, version_of(given).number) == ("en", 1)
    assert version_of(given).policy_version == 1


def test_a_language_without_words_of_its_own_is_given_in_french(alice: Person) -> None:
    given = agree(alice.subject, language="de")

    assert version_of(given).language == "fr"


def test_words_that_changed_while_the_page_was_open_are_not_agreed_to(alice: Person) -> None:
    before = consent.words(ASKED, language="fr").digest

    with pytest.raises(consent.TextChanged):
        agree(alice.subject, text="J’accepte tout autre chose.", read=before)

    assert not Consent.including_restricted.exists()


def test_what_rests_on_something_else_is_no_matter_of_consent(alice: Person) -> None:
    with pytest.raises(consent.NotByConsent):
        agree(alice.subject, "account")


@promise("P-006")
def test_acknowledging_terms_and_notice_gives_no_consent_to_anything(alice: Person) -> None:
    for document in ("terms", "notice"):
        privacy.acknowledge(alice.subject, document=document, version="1", at=NOW)

    assert Acknowledgement.including_restricted.count() == 2
    assert not Consent.including_restricted.exists()
    assert consent.live(alice.subject) == []
    by_consent = [a.code for a in policy.current().activities.values() if a.consent]
    assert not any(lets_through(alice.subject, code) for code in by_consent)


def test_charlie_agreeing_says_nothing_for_alice(alice: Person, charlie: Person) -> None:
    agree(charlie.subject)

    assert lets_through(charlie.subject)
    assert not lets_through(alice.subject)
    assert consent.live(alice.subject) == []


def test_whoever_objected_and_then_agrees_has_the_last_word(alice: Person) -> None:
    privacy.object_to(alice.subject, activity="newsletter", source="test", at=NOW)

    agree(alice.subject, "newsletter")

    assert lets_through(alice.subject, "newsletter")
    assert [o.raised for o in Objection.including_restricted.order_by("id")] == [True, False]


def test_an_app_that_follows_hears_of_the_change_in_the_same_transaction(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[bool] = []
    monkeypatch.setattr("clairevoie.consent.giving._followers", {})

    @consent.follow(ASKED)
    def hear(_subject: DataSubject, *, given: bool, **_when: object) -> None:
        heard.append(given)

    agree(alice.subject)
    consent.withdraw(alice.subject, activity=ASKED, source="test", at=NOW)

    assert heard == [True, False]


# --- The texts ------------------------------------------------------------------------------


def test_the_same_words_under_the_same_facts_are_one_version_for_everybody(
    alice: Person, charlie: Person
) -> None:
    mine, theirs = agree(alice.subject), agree(charlie.subject)

    assert mine.wording == theirs.wording
    assert ConsentText.objects.count() == 1


def test_other_words_are_the_next_version(alice: Person) -> None:
    agree(alice.subject)

    second = agree(alice.subject, text="J’accepte, pour cette page seulement.")

    assert version_of(second).number == 2


def test_publishing_is_done_once(changing: OwnPolicy) -> None:
    new = publish_present(at=NOW)

    assert new > 0
    assert publish_present(at=NOW) == 0


@pytest.mark.parametrize("verb", ["update", "delete"])
@pytest.mark.parametrize("table", ["privacy_consenttext", "privacy_consentcoverage"])
def test_the_database_itself_refuses_to_change_or_delete_a_text(
    alice: Person, changing: OwnPolicy, table: str, verb: str
) -> None:
    agree(alice.subject)
    changing.say(ASKED, data='["Témoignage, image"]')
    publish_present(at=NOW)
    order = {
        "update": f"UPDATE {table} SET activity = 'account'",
        "delete": f"DELETE FROM {table}",
    }

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(order[verb])

    assert triggers.missing_protections(connection) == []


def test_a_consent_cannot_be_rewritten(alice: Person) -> None:
    given = agree(alice.subject)

    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.including_restricted.filter(pk=given.pk).update(fingerprint="0" * 64)


# --- Asking again, only for what materially changed -------------------------------------------

WIDER = {
    "a purpose more": {"purposes": '["Faire connaître les parcours", "Vendre des affiches"]'},
    "other data": {"data": '["Témoignage, image", "Accord : support, texte, date", "Voix"]'},
    "a joint controller": {"joint_controllers": '["Le réseau social choisi"]'},
    "sensitive data": {"sensitive": "true"},
    "a country": {
        "recipients": '["host", "webmail"]',
        "transfers": '["États-Unis : clauses contractuelles types"]',
    },
}


@promise("P-100")
@pytest.mark.parametrize("what", WIDER)
def test_what_goes_beyond_what_was_said_shuts_the_gate_until_agreed_again(
    alice: Person, changing: OwnPolicy, what: str
) -> None:
    agree(alice.subject)
    changing.say(ASKED, **WIDER[what])
    publish_present(at=NOW)

    [asked] = consent.to_ask_again(alice.subject)
    shut = not lets_through(alice.subject)
    agree(alice.subject)

    assert shut
    assert any(change.wider for change in asked.changes)
    assert lets_through(alice.subject)
    assert consent.to_ask_again(alice.subject) == []


def test_a_recipient_counts_once_it_receives_and_a_processor_at_home_needs_no_new_word(
    alice: Person, changing: OwnPolicy
) -> None:
    agree(alice.subject)
    changing.say("object-storage", file="recipients", role='"independent-controller"')
    inactive = lets_through(alice.subject)

    changing.say("object-storage", file="recipients", active="true")
    publish_present(at=NOW)
    controller = lets_through(alice.subject)
    changing.say("object-storage", file="recipients", role='"processor"')
    publish_present(at=NOW)
    processor = lets_through(alice.subject)

    assert (inactive, controller, processor) == (True, False, True)


def test_keeping_longer_is_asked_for_and_keeping_shorter_is_not(
    alice: Person, changing: OwnPolicy
) -> None:
    agree(alice.subject)
    changing.say("testimonial", file="retention", **{"for": '"P2Y"'})
    publish_present(at=NOW)
    shorter = lets_through(alice.subject)
    agree(alice.subject)

    changing.say("testimonial", file="retention", **{"for": '"P3Y"'})
    publish_present(at=NOW)

    assert shorter
    # Three years were agreed to once, but the last word was said for two.
    assert not lets_through(alice.subject)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", '"Publier les témoignages"'),
        ("minimisation", '"Rien de plus."'),
        ("purposes", '["faire connaitre les parcours des apprenants qui l\'acceptent."]'),
        ("consent", '{ fr = "J’accepte la publication de mes témoignages, sous mon pseudo." }'),
    ],
)
def test_a_typo_or_what_is_not_material_asks_nobody_again(
    alice: Person, changing: OwnPolicy, key: str, value: str
) -> None:
    agree(alice.subject)

    changing.say(ASKED, **{key: value})

    assert lets_through(alice.subject)
    assert consent.to_ask_again(alice.subject) == []


def test_less_than_what_was_said_is_covered_once_published(
    alice: Person, changing: OwnPolicy
) -> None:
    agree(alice.subject)
    changing.say(ASKED, data='["Témoignage, image"]')
    unpublished = lets_through(alice.subject)

    publish_present(at=NOW)

    assert not unpublished  # shut rather than ajar
    assert lets_through(alice.subject)
    [found] = consent.live(alice.subject)
    assert found.covered
    assert [change.what for change in found.changes] == ["data"]


def test_a_rewording_declared_by_the_officer_asks_nobody_again(
    alice: Person, changing: OwnPolicy
) -> None:
    before = agree(alice.subject).fingerprint
    changing.say(ASKED, purposes='["Montrer ce que deviennent ceux qui l’acceptent"]')
    publish_present(at=NOW)
    shut = not lets_through(alice.subject)

    changing.say(ASKED, covered_by=f'["{before}"]')

    assert shut
    assert lets_through(alice.subject)


def test_only_the_activity_that_changed_is_asked_again(alice: Person, changing: OwnPolicy) -> None:
    agree(alice.subject)
    agree(alice.subject, "newsletter")

    changing.say(ASKED, **WIDER["a purpose more"])
    publish_present(at=NOW)

    assert [found.activity.code for found in consent.to_ask_again(alice.subject)] == [ASKED]
    assert lets_through(alice.subject, "newsletter")


def test_a_long_history_costs_no_more_to_read(
    alice: Person, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    for day in range(30):
        consent.give(alice.subject, activity=ASKED, source="test", at=NOW + timedelta(days=day))

    with django_assert_num_queries(2):  # type: ignore[operator]
        found = consent.live(alice.subject)

    assert len(found) == 1
