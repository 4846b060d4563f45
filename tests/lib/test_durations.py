"""Durations are read and written as in ISO 8601."""

from __future__ import annotations

import pytest

from clairevoie.lib.duration import Duration


@pytest.mark.parametrize(
    ("text", "months", "days"), [("P5Y", 60, 0), ("P13M", 13, 0), ("P60D", 0, 60), ("P0D", 0, 0)]
)
def test_a_duration_is_read_as_months_and_days(text: str, months: int, days: int) -> None:
    assert Duration.parse(text) == Duration(months=months, days=days)


@pytest.mark.parametrize("text", ["P5Y", "P13M", "P60D", "P2Y6M", "P1Y2M3D", "P0D"])
def test_a_duration_is_written_so_that_it_reads_the_same(text: str) -> None:
    assert Duration.parse(str(Duration.parse(text))) == Duration.parse(text)


@pytest.mark.parametrize("text", ["", "P", "5Y", "P5", "P-1Y", "PT1H", "P5Y ", "p5y", "P1.5Y"])
def test_a_malformed_duration_is_refused_with_the_form_expected(text: str) -> None:
    with pytest.raises(ValueError, match="P5Y, P13M or P60D"):
        Duration.parse(text)
