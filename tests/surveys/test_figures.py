"""The score, and its silence below five answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from clairevoie import privacy
from clairevoie.surveys import actions
from clairevoie.surveys.figures import Figures, counted_answers, figures_by
from clairevoie.surveys.models import Survey
from tests.cast import NOW, TODAY, Person
from tests.promises import promise
from tests.surveys.scene import Invite, answers


def figures(survey: Survey) -> Figures:
    found = figures_by("survey", counted_answers().filter(survey=survey))
    return found.get(survey.slug, Figures())


@promise("P-031")
def test_six_promoters_two_passives_two_detractors_make_40(survey: Survey) -> None:
    answers(survey, 9, 9, 9, 10, 10, 10, 7, 8, 0, 6)

    assert figures(survey).nps == 40


@promise("P-031", "P-023")
def test_four_answers_show_nothing_and_the_fifth_shows_all(survey: Survey) -> None:
    answers(survey, 9, 9, 9, 9)
    four = figures(survey)

    answers(survey, 0)
    five = figures(survey)

    assert (four.n, four.nps, four.distribution) == (4, None, [])
    assert (five.n, five.nps) == (5, 60)
    assert sum(count for _, count in five.distribution) == 5


@promise("P-023")
def test_an_answer_taken_back_hides_the_figures_again(
    survey: Survey, invite: Invite, alice: Person
) -> None:
    answers(survey, 9, 9, 9, 9)
    hers = actions.answer(invitation=invite(alice), score=9, review="", at=NOW)
    shown = figures(survey).shown

    actions.withdraw(answer=hers, at=NOW)

    assert shown
    assert not figures(survey).shown


@pytest.mark.parametrize("stop", ["objects", "is restricted"])
def test_figures_leave_out_whoever_objects_or_is_restricted(survey: Survey, stop: str) -> None:
    first = answers(survey, 0, 10, 10, 10, 10, 10)[0]

    if stop == "objects":
        privacy.object_to(first.subject, activity="satisfaction", source="link", at=NOW)
    else:
        privacy.restrict(first.subject, ground="accuracy", on=TODAY)

    assert figures(survey).nps == 100


def test_the_total_adds_only_what_is_shown_so_that_no_difference_tells(
    survey: Survey, client: Client
) -> None:
    small = actions.open_survey(
        training="Petit comité", ended_on=TODAY, closes_on=date(2026, 12, 20), at=NOW
    )
    answers(survey, 10, 10, 10, 10, 10)
    answers(small, 0, 0)

    page = client.get("/satisfaction/").content.decode()

    assert "+100" in page
    assert "sur 5 réponses" in page
    assert "Petit comité" not in page


def test_the_public_page_costs_the_same_whatever_the_number_of_answers(
    survey: Survey, client: Client, django_assert_num_queries: Any
) -> None:
    answers(survey, *[10] * 300)

    with django_assert_num_queries(2):
        client.get("/satisfaction/")


@given(st.lists(st.integers(0, 10), min_size=5, max_size=200))
def test_the_score_stays_between_its_bounds(scores: list[int]) -> None:
    drawn = Figures(tuple(scores.count(score) for score in range(11)))

    assert drawn.nps is not None
    assert -100 <= drawn.nps <= 100
    assert drawn.n == len(scores)
