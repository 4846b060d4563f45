"""The yardstick of the engine works on every declared table, or it measures nothing."""

from __future__ import annotations

from bench import by_hand
from clairevoie.privacy.tables import lasting_tables, passing_tables


def test_the_yardstick_names_every_declared_table() -> None:
    passing = {table.name.strip('"') for table in passing_tables()}
    lasting = {table.name.strip('"') for table in lasting_tables()}

    assert passing == {*by_hand.TABLES, *by_hand.INDIRECT}
    assert lasting == {*by_hand.LASTING, *by_hand.UNKEYED}
