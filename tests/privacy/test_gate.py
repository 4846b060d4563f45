"""The gate: one answer about one person, and the same as SQL."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from clairevoie import privacy
from clairevoie.privacy.choices import UnknownActivity
from clairevoie.privacy.models import Acknowledgement, Consent, DataSubject
from tests.promises import promise

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)
BY_CONSENT = "newsletter"
BY_INTEREST = "satisfaction"
BY_CONTRACT = "account"


def agrees(subject: DataSubject, activity: str) -> bool:
    """The three forms of the gate, which must say the same: one, a few, and all."""
    one = privacy.may(subject, activity).allowed
    everyone = privacy.permitted(DataSubject.objects.all(), activity, subject="pk")
    assert everyone.filter(pk=subject.pk).exists() is one
    few = DataSubject.objects.filter(pk=subject.pk)
    assert privacy.permitted(few, activity, subject="pk").exists() is one
    return one


@pytest.fixture
def someone() -> DataSubject:
    return privacy.register_subject(on=ON)


def give(subject: DataSubject) -> None:
    privacy.give_consent(subject, activity=BY_CONSENT, text="Oui", source="test", at=AT)


def take_back(subject: DataSubject) -> None:
    privacy.withdraw_consent(subject, activity=BY_CONSENT, source="test", at=AT)


@promise("P-015")
def test_consent_opens_withdrawal_shuts_and_consenting_again_opens(someone: DataSubject) -> None:
    assert not agrees(someone, BY_CONSENT)
    give(someone)
    assert agrees(someone, BY_CONSENT)
    take_back(someone)
    assert not agrees(someone, BY_CONSENT)
    give(someone)
    assert agrees(someone, BY_CONSENT)


def test_withdrawing_what_was_never_given_writes_nothing(someone: DataSubject) -> None:
    take_back(someone)

    assert not Consent.including_restricted.exists()


def test_an_objection_shuts_a_legitimate_interest_until_it_is_lifted(
    someone: DataSubject,
) -> None:
    assert agrees(someone, BY_INTEREST)
    privacy.object_to(someone, activity=BY_INTEREST, source="test", at=AT)
    assert not agrees(someone, BY_INTEREST)
    privacy.lift_objection(someone, activity=BY_INTEREST, source="test", at=AT)
    assert agrees(someone, BY_INTEREST)


def test_one_persons_words_are_not_anothers(someone: DataSubject) -> None:
    other = privacy.register_subject(on=ON)
    give(other)
    privacy.object_to(other, activity=BY_INTEREST, source="test", at=AT)

    assert not agrees(someone, BY_CONSENT)
    assert agrees(someone, BY_INTEREST)


def test_a_restricted_person_is_out_of_reach_but_for_what_the_register_allows(
    someone: DataSubject,
) -> None:
    privacy.restrict(someone, ground="accuracy", on=ON)

    assert not agrees(someone, BY_CONTRACT)
    assert privacy.may(someone, BY_CONTRACT).because == "restricted"
    assert agrees(someone, "security")
    assert agrees(someone, "rights")


def test_nothing_is_done_with_the_data_of_the_dead(someone: DataSubject) -> None:
    DataSubject.objects.filter(pk=someone.pk).update(deceased_on=ON)

    assert not agrees(someone, "security")
    assert privacy.may(someone, "security").because == "deceased"


def test_an_activity_outside_the_register_is_refused_loudly(someone: DataSubject) -> None:
    with pytest.raises(UnknownActivity):
        privacy.may(someone, "resale")


@promise("P-006")
def test_acknowledging_the_terms_creates_no_consent(someone: DataSubject) -> None:
    privacy.acknowledge(someone, document="notice", version="1", at=AT)

    assert Acknowledgement.including_restricted.count() == 1
    assert not Consent.including_restricted.exists()
    assert not agrees(someone, BY_CONSENT)


@pytest.mark.parametrize("objected", [(), (True,), (True, False), (True, False, True)])
@pytest.mark.parametrize("consented", [(), (True,), (True, False), (True, False, True)])
def test_only_the_last_words_count(
    someone: DataSubject, consented: tuple[bool, ...], objected: tuple[bool, ...]
) -> None:
    other = privacy.register_subject(on=ON)
    give(other)
    for given in consented:
        (give if given else take_back)(someone)
    for raised in objected:
        say = privacy.object_to if raised else privacy.lift_objection
        say(someone, activity=BY_CONSENT, source="test", at=AT)
    give(other)

    expected = consented[-1:] == (True,) and objected[-1:] != (True,)
    assert agrees(someone, BY_CONSENT) is expected
    assert agrees(other, BY_CONSENT)


def test_the_gate_over_a_queryset_is_one_query(
    someone: DataSubject, django_assert_num_queries: pytest.FixtureRequest
) -> None:
    give(someone)

    with django_assert_num_queries(1):  # type: ignore[operator]
        list(privacy.permitted(DataSubject.objects.all(), BY_CONSENT, subject="pk"))
