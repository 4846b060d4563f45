"""Figures of five people or more, and nobody alone between two of them (decision 0075)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from clairevoie import privacy
from clairevoie.learning.actions import counting, rating
from clairevoie.learning.figures import LEARNING_WEEKS, THRESHOLD, Tally
from clairevoie.learning.models import Enrolment, Figure, Parcours, Rating, Unit
from tests.cast import NOW, TODAY
from tests.gestion.conftest import give_second_factor
from tests.learning.folder import SLUG
from tests.learning.rated import follow, night, published, rated, rated_by_strangers, strangers
from tests.promises import promise

if TYPE_CHECKING:
    from tests.cast import Person


@pytest.fixture
def parcours(db: None) -> Parcours:
    return published()


def printed() -> str:
    """The mean on the public page; empty without one."""
    page = Client().get(f"/parcours/{SLUG}/").content.decode()
    return page.partition('class="result__figure num">')[2].partition("<")[0]


@promise("P-023")
def test_four_ratings_are_hidden_the_fifth_shows_them_and_its_withdrawal_hides_them(
    parcours: Parcours, alice: Person
) -> None:
    rated_by_strangers(5, 4, 4, 4)
    counting.count(at=night())
    four = printed()
    mine = rated(alice, 1)
    counting.count(at=night(2))
    five = printed()

    rating.remove(rating=mine, at=night(2))

    assert (four, five, printed()) == ("", "3,5", "")


@promise("P-023")
def test_no_figure_moves_for_one_person_more_or_one_less(
    parcours: Parcours, alice: Person, charlie: Person
) -> None:
    rated_by_strangers(5, 5, 5, 5, 5)
    counting.count(at=night())

    mine = rated(alice, 1)
    rated(charlie, 1)
    counting.count(at=night(2))
    with_them = printed()
    rating.remove(rating=mine, at=night(2))
    counting.count(at=night(3))

    assert (with_them, printed()) == ("5", "5")
    assert Figure.objects.get().people == 5


def test_five_people_more_make_a_new_figure_and_the_former_one_is_kept(
    parcours: Parcours,
) -> None:
    rated_by_strangers(5, 5, 5, 5, 5)
    counting.count(at=night())
    rated_by_strangers(1, 1, 1, 1, 1)

    counting.count(at=night(2))

    assert printed() == "3"
    before, now = Figure.objects.order_by("id")
    assert (before.value, before.people, before.shown, before.superseded_on) == (
        *(10, 5, False),
        night(2).date(),
    )
    assert (now.value, now.people) == (6, 10)


def test_five_changes_make_a_new_figure_four_do_not(parcours: Parcours) -> None:
    given = rated_by_strangers(5, 5, 5, 5, 5)
    counting.count(at=night())

    for count, one in enumerate(given, start=1):
        rating.revise(rating=one, score=2, review="", at=NOW)
        counting.count(at=night(count))
        assert printed() == ("2" if count == THRESHOLD else "5")


def test_one_who_leaves_and_comes_back_again_and_again_moves_nothing(
    parcours: Parcours, alice: Person
) -> None:
    rated_by_strangers(5, 5, 5, 5)
    mine = rated(alice, 5)
    counting.count(at=night())

    for day in range(2, 9):
        rating.remove(rating=mine, at=NOW)
        mine = rated(alice, 1)
        counting.count(at=night(day))

    assert printed() == "5"


@promise("P-023")
def test_a_figure_taken_before_an_erasure_stays_and_says_nothing_of_anybody(
    parcours: Parcours, alice: Person
) -> None:
    rated_by_strangers(4, 4, 4, 4, 4)
    rated(alice, 1)
    counting.count(at=night())
    before = Figure.objects.values().get()

    privacy.erase(alice.subject, because="demande", on=TODAY)
    counting.count(at=night(2))

    assert Figure.objects.values().get() == before
    assert printed() == "3,5"


def test_units_are_apart_and_shown_where_they_are(parcours: Parcours, bob: Person) -> None:
    rated_by_strangers(5, 5, 5, unit=Unit.MODULE, place="autour")
    rated_by_strangers(2, 2)
    rated_by_strangers(1, 1, 1, 1, 1, unit=Unit.MODULE, place="au-centre")

    counting.count(at=night())

    assert Figure.objects.get().place == "au-centre"
    assert printed() == ""
    assert "5 notes" in Client().get(f"/parcours/{SLUG}/").content.decode()
    give_second_factor(bob)
    trainer = Client()
    trainer.force_login(bob.member)
    room = trainer.get(f"/gestion/parcours/{SLUG}/").content.decode()
    assert "1,0" in room
    assert "Autour" not in room


@pytest.mark.parametrize(
    ("scores", "mean"),
    [((4, 4, 4, 4, 5), "4"), ((4, 4, 4, 5, 5), "4,5"), ((1, 1, 1, 1, 1), "1"), ((5,) * 5, "5")],
)
def test_means_are_rounded_to_halves(
    parcours: Parcours, scores: tuple[int, ...], mean: str
) -> None:
    rated_by_strangers(*scores)

    counting.count(at=night())

    assert printed() == mean


def _finished(number: int, of: int, *, weeks: int) -> None:
    begun = NOW - timedelta(weeks=weeks)
    for rank, subject in enumerate(strangers(of)):
        enrolment = follow(subject, at=begun)
        if rank < number:
            Enrolment.objects.filter(pk=enrolment.pk).update(finished_at=NOW)


def test_the_success_rate_counts_whoever_had_twelve_weeks_finished_or_not(
    parcours: Parcours,
) -> None:
    _finished(3, 5, weeks=LEARNING_WEEKS)
    _finished(4, 4, weeks=LEARNING_WEEKS - 1)  # too early to tell

    counting.count(at=NOW)

    page = Client().get(f"/parcours/{SLUG}/").content.decode()
    assert '60<span class="result__unit"> %' in page
    assert "parmi les 5 personnes inscrites depuis douze semaines" in page
    assert "60 %" in Client().get("/catalogue/").content.decode()


def test_the_success_rate_of_four_people_is_not_shown(parcours: Parcours) -> None:
    _finished(4, 4, weeks=20)

    counting.count(at=NOW)

    assert not Figure.objects.exists()
    assert "Réussite" not in Client().get(f"/parcours/{SLUG}/").content.decode()


def test_the_night_counts_in_a_fixed_number_of_queries_where_nothing_moved(
    parcours: Parcours, django_assert_max_num_queries: object
) -> None:
    for place in ("au-centre", "autour"):
        rated_by_strangers(5, 5, 5, 5, 5, unit=Unit.MODULE, place=place)
    counting.count(at=night())

    with django_assert_max_num_queries(8):  # type: ignore[operator]
        assert counting.count(at=night(2)) == 0


# A person's contribution to a figure: a score, or none.
_SCORES = st.lists(st.tuples(*[st.none() | st.integers(1, 5)] * 2), max_size=12)


@given(_SCORES)
def test_a_tally_never_believes_that_more_people_moved_than_did(
    people: list[tuple[int | None, int | None]],
) -> None:
    counted = [before for before, _now in people if before is not None]
    present = [(before, now) for before, now in people if now is not None]
    tally = Tally(
        people=len(present),
        fresh=sum(before is None for before, _now in present),
        changed=sum(before is not None and before != now for before, now in present),
    )

    moved = sum(before != now for before, now in people)

    assert tally.moved(len(counted)) <= moved
    assert not tally.is_due(len(counted)) or (moved >= THRESHOLD and len(present) >= THRESHOLD)


def test_the_counted_score_is_no_part_of_a_persons_copy(parcours: Parcours, alice: Person) -> None:
    rated(alice, 3)

    columns = {c.name for category in privacy.gather(alice.subject) for c in category.columns}

    assert "score" in columns
    assert "counted" not in columns
    assert Rating.objects.get().counted is None
