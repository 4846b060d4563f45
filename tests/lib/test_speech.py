"""Dates as people read them."""

from __future__ import annotations

from datetime import date

from django.utils import translation

from clairevoie.lib.filters import in_full


def test_the_first_of_a_month_is_premier_in_french() -> None:
    assert in_full(date(2027, 1, 1)) == "1er janvier 2027"
    assert in_full(date(2027, 1, 11)) == "11 janvier 2027"


def test_english_dates_have_no_premier() -> None:
    with translation.override("en"):
        assert in_full(date(2027, 1, 1)) == "1 January 2027"
