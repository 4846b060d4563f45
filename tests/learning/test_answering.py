"""Marking: what is right however it is typed, what is worth a part, what is no answer."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from clairevoie.learning import asking
from clairevoie.learning.answering import Given, given_from, mark, numbers_in
from clairevoie.learning.content.exercises import (
    Choice,
    Choices,
    Definition,
    Fill,
    Numeric,
    Order,
    Short,
)
from clairevoie.learning.models import Kind

SOMEBODY = UUID("00000000-0000-4000-8000-000000000001")


def _choices(signs: str) -> Choices:
    """``+`` for a right choice, ``-`` for a wrong one."""
    offered = (Choice(text=f"<em>{n}</em>", right=sign == "+") for n, sign in enumerate(signs))
    return Choices(choices=tuple(offered))


def _points(definition: Definition, *, said: str = "", picked: tuple[int, ...] = ()) -> str:
    marked = mark(definition, Given(said=tuple(said.split("|")), picked=picked))
    return f"{marked.points}/{marked.out_of}"


@pytest.mark.parametrize(
    "typed",
    ["l’été", "L'ÉTÉ", "l'ete.", " l’\u00a0été ", "l\u02bce\u0301te\u0301", "l’\u202fe\u0301té"],
)
def test_a_word_is_right_whatever_its_case_accents_spaces_and_apostrophes(typed: str) -> None:
    assert _points(Short(answers=("L’été",)), said=typed) == "1/1"


@pytest.mark.parametrize(
    ("typed", "points"),
    [("prix[-1]", "1/1"), ("PRIX[ \u22121 ]", "1/1"), ("prix[1]", "0/1"), ("x prix[-1]", "0/1")],
)
def test_a_pattern_matches_the_whole_of_what_was_typed(typed: str, points: str) -> None:
    definition = Short(answers=(), pattern=r"prix\[ ?-1 ?\]")

    assert _points(definition, said=typed) == points


def test_a_long_answer_never_reaches_a_pattern() -> None:
    definition = Short(answers=(), pattern="a*a*b")

    assert _points(definition, said="a" * 100_000) == "0/1"


@pytest.mark.parametrize(
    ("typed", "means"),
    [
        ("12,5", ["12.5"]),
        ("12.5", ["12.5"]),
        ("+ 12,50", ["12.50"]),
        ("\u221212,5", ["-12.5"]),
        ("1\u202f234\u00a0567,8", ["1234567.8"]),
        ("1,234,567.8", ["1234567.8"]),
        ("1.234.567,8", ["1234567.8"]),
        ("1,234", ["1.234", "1234"]),
        (",5", ["0.5"]),
        ("1,5e3", ["1500"]),
        ("12,5 €", ["12.5"]),
        ("12,5€", ["12.5"]),
        ("12,34,5", []),
        ("1.2.3,4", []),
        ("douze", []),
        ("12 kg", []),
        ("", []),
        ("1e9999", []),
        ("nan", []),
    ],
)
def test_numbers_are_read_as_the_french_and_the_english_write_them(
    typed: str, means: list[str]
) -> None:
    assert set(numbers_in(typed, "€")) == {Decimal(reading) for reading in means}


@pytest.mark.parametrize(
    ("typed", "points"),
    [("4 jours", "1/1"), ("4 jour", "1/1"), ("4,1", "1/1"), ("4,11", "0/1"), ("3.9", "1/1")],
)
def test_a_number_is_right_within_its_tolerance_with_or_without_its_unit(
    typed: str, points: str
) -> None:
    assert _points(Numeric(answer=4, tolerance=0.1, unit="jours"), said=typed) == points


@pytest.mark.parametrize(
    ("picked", "points"),
    [((0, 2, 3), "3/3"), ((0, 2), "2/3"), ((0, 1), "0/3"), ((0, 1, 2, 3), "2/3"), ((1, 4), "0/3")],
)
def test_a_wrong_tick_takes_a_point_back_and_never_more(
    picked: tuple[int, ...], points: str
) -> None:
    definition = _choices("+-++-")

    assert _points(definition, picked=picked) == points


def test_items_in_their_place_and_blanks_filled_count_one_each() -> None:
    order = Order(items=("un", "deux", "trois"))
    fill = Fill(segments=("", "", "."), blanks=(("2016", "deux mille seize"), ("12,5",)))

    assert _points(order, picked=(0, 1, 2)) == "3/3"
    assert _points(order, picked=(2, 1, 0)) == "1/3"
    assert _points(fill, said="Deux mille SEIZE|12.50") == "2/2"
    assert _points(fill, said="2016|") == "1/2"


def test_choices_are_shuffled_the_same_way_for_one_learner_and_items_never_in_order() -> None:
    others = [UUID(int=n) for n in range(40)]
    seen = {asking.shuffled(4, enrolment=one, code="a") for one in others}

    again = asking.shuffled(4, enrolment=SOMEBODY, code="a")

    assert again == asking.shuffled(4, enrolment=SOMEBODY, code="a")
    assert len(seen) > 10
    assert (0, 1, 2, 3) not in seen
    assert {order[0] for order in seen} == {0, 1, 2, 3}


@pytest.mark.parametrize(
    ("kind", "sent", "refusal"),
    [
        (Kind.SINGLE, {}, asking.NothingChosen),
        (Kind.SINGLE, {"reponse": ["4"]}, asking.NotOffered),
        (Kind.SINGLE, {"reponse": ["0"]}, asking.NotOffered),
        (Kind.SINGLE, {"reponse": ["1", "2"]}, asking.NotOffered),
        (Kind.MULTIPLE, {"reponse": ["1", "x"]}, asking.NotOffered),
        (Kind.SHORT, {"reponse": [" \u00a0 "]}, asking.NothingAnswered),
        (Kind.SHORT, {"reponse": ["\0"]}, asking.NothingAnswered),
        (Kind.SHORT, {"reponse": ["a" * 201]}, asking.TooLong),
        (Kind.NUMERIC, {"reponse": ["beaucoup"]}, asking.NotANumber),
        (Kind.ORDER, {"rang-1": ["1"], "rang-2": ["2"]}, asking.NotRanked),
        (Kind.ORDER, {"rang-1": ["1"], "rang-2": ["1"], "rang-3": ["2"]}, asking.NotRanked),
        (Kind.ORDER, {"rang-1": ["1"], "rang-2": ["2"], "rang-3": ["9"]}, asking.NotRanked),
        (Kind.FILL, {"trou-1": [""], "trou-2": [" "]}, asking.NothingAnswered),
        (Kind.FILL, {"trou-1": ["a"], "trou-2": ["a" * 201]}, asking.TooLong),
    ],
)
def test_what_is_no_answer_is_refused_at_its_field(
    kind: Kind, sent: dict[str, list[str]], refusal: type[asking.AnswerRefused]
) -> None:
    definitions: dict[Kind, Definition] = {
        Kind.SINGLE: _choices("+--"),
        Kind.MULTIPLE: _choices("++-"),
        Kind.SHORT: Short(answers=("a",)),
        Kind.NUMERIC: Numeric(answer=1),
        Kind.ORDER: Order(items=("a", "b", "c")),
        Kind.FILL: Fill(segments=("", "", ""), blanks=(("a",), ("b",))),
    }
    definition = definitions[kind]
    order = asking.order_shown(definition, enrolment=SOMEBODY, code="a")

    with pytest.raises(refusal) as refused:
        asking.read(kind, definition, order, sent)

    assert refused.value.field in asking.fields_of(definition)


def test_ranks_sent_are_those_that_were_shown_and_words_are_kept_beside_them() -> None:
    definition = Order(items=("<code>a</code>", "b &amp; c", "d"))

    given = asking.read(
        Kind.ORDER, definition, (2, 0, 1), {"rang-1": ["3"], "rang-2": ["1"], "rang-3": ["2"]}
    )

    assert given == Given(said=("a", "b & c", "d"), picked=(0, 1, 2))
    assert given_from(given.stored()) == given
