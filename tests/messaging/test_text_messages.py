"""A telecom company carries a text message: it reads who we are, and nothing of the person."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import clairevoie
from tests.promises import promise

HOUSE: Final = Path(clairevoie.__file__).parent
SAID: Final = re.compile(r"\{\{ *([\w.]+)[^}]*\}\}|\bwith ([^%]*)%\}")

# What a text may say: the brand and its addresses, a code, days and figures.
HARMLESS: Final = {
    *("organisation", "organisation.name", "organisation.officer.email", "contact", "site_url"),
    *("code", "day", "last_day", "again_on", "count"),
}
# A link may name what it leads to: only those that carry a token and no word.
LINKS_OF_TOKENS: Final = {
    "accounts/expiry-account",
    "accounts/expiry-dormant-account",
    "accounts/password-reset",
    "learning/cohort_invitation",
    "surveys/invitation",
    "surveys/reminder",
}


def texts() -> dict[str, str]:
    found = sorted(HOUSE.glob("*/templates/messages/*/*.sms.txt"))
    return {
        f"{path.parent.name}/{path.name.partition('.')[0]}": path.read_text() for path in found
    }


def values_in(text: str) -> set[str]:
    """Every value that a template prints, by its own name and by the one it is given."""
    found: set[str] = set()
    for printed, given in SAID.findall(text):
        found |= {printed} if printed else {one.partition("=")[2] for one in given.split()}
    return found


@promise("P-071")
def test_no_text_message_holds_a_name_or_what_somebody_learns() -> None:
    strange = {
        name: said
        for name, text in texts().items()
        if (said := values_in(text) - HARMLESS - ({"link"} if name in LINKS_OF_TOKENS else set()))
    }

    assert len(texts()) > 30
    assert strange == {}


@promise("P-071")
def test_the_links_of_text_messages_carry_no_word() -> None:
    assert all("link" in values_in(texts()[name]) for name in LINKS_OF_TOKENS)
    assert "title" not in "".join(map(str, map(values_in, texts().values())))
