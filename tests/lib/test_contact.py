"""Addresses and numbers: one form to compare, another to read."""

from __future__ import annotations

import pytest

from clairevoie.lib.contact import PHONE, in_groups, normalise


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("06 12 34 56 78", "+33 6 12 34 56 78"),
        ("+32 470 12 34 56", "+32 470 12 34 56"),
        ("+1 212-555-2368", "+1 212-555-2368"),
    ],
)
def test_a_number_is_read_in_groups_on_one_line(typed: str, read: str) -> None:
    assert in_groups(normalise(PHONE, typed)) == read.replace(" ", "\u00a0")
