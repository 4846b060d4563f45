"""The reader refuses trackers that contradict the law, or one another."""

from __future__ import annotations

from pathlib import Path

import pytest

from clairevoie import policy
from tests.policy.conftest import refusal, rewrite
from tests.promises import promise

# case → table, key, TOML value, what is said
CASES = {
    "a code with a capital": ("apparence", "nom", '"x"', "is not a key known here"),
    "no consequence": ("visite", "loss", None, "say what refusing it loses"),
    "a consequence without a choice": ("session", "loss", '"Tout"', "can be refused; remove it"),
    "fourteen months": ("visite", "lifetime", '"P14M"', "longer than thirteen months"),
    "fourteen months asked for": ("session", "on-request", '"P14M"', "longer than thirteen"),
    "a life of a storage": ("gestion-menu", "lifetime", '"P1M"', "only a cookie expires"),
    "a longer life for an optional one": ("visite", "on-request", '"P1M"', "an exempt tracker"),
    "no longer than usual": ("choix", "on-request", '"P1M"', "is no longer than lifetime"),
    "an exempt choice": ("visite", "exempt", "true", "false for the others"),
    "session without consent of a third": (
        "google-analytics",
        "exempt-for-session",
        "true",
        "our own tracker that otherwise asks",
    ),
    "a host of ours": ("visite", "hosts", '["img-src https://a.fr"]', "is for a third party"),
    "a third party without hosts": ("video", "hosts", None, "from where the third party's files"),
    "a third party without its policy": ("video", "policy-link", None, "own policy (P-051)"),
    "a policy in clear": ("video", "policy-link", '"http://a.fr/"', "is an https address"),
    "a host that is anywhere": ("video", "hosts", '["frame-src https:"]', "write an origin"),
    "a directive that opens all": ("video", "hosts", '["default-src https://a.fr"]', "choose"),
    "a host without directive": ("video", "hosts", '["https://a.fr"]', "'script-src https://"),
    "nobody receives": ("video", "recipient", None, "name who receives the data"),
    "an unknown receiver": ("video", "recipient", '"personne"', "recipients.toml does not have"),
    "an inactive receiver": ("video", "active", "true", "the recipient video is inactive"),
    "a link nobody opened": ("video", "active", "true", "open the link and date it (P-051)"),
    "a name for two": ("visite", "also", '["clairevoie_choix"]', "of [choix] already"),
    "a name with a space": ("visite", "name", '"clairevoie visite"', "letters, digits"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_contradictory_tracker_is_refused(folder: Path, case: str) -> None:
    table, key, value, said = CASES[case]
    rewrite(folder / "trackers.toml", table, key, value)

    assert said in refusal(folder)


def switched_on(folder: Path) -> None:
    """Google Analytics as an administrator would switch it on, all papers in order."""
    for key, value in (("active", "true"), ("policy-checked-on", "2026-11-20")):
        rewrite(folder / "trackers.toml", "google-analytics", key, value)
    for key, value in (("active", "true"), ("contract-on", "2026-11-01")):
        rewrite(folder / "recipients.toml", "google-analytics", key, value)


def test_a_third_party_with_all_its_papers_is_accepted(folder: Path) -> None:
    switched_on(folder)

    assert policy.load(folder).trackers["google-analytics"].active


@promise("P-045")
@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("reuse-forbidden", "false", "google-analytics may reuse the data (P-045)"),
        ("contract-on", None, "google-analytics has no dated contract (P-045)"),
        ("active", "false", "the recipient google-analytics is inactive"),
    ],
)
def test_a_third_party_that_may_use_data_for_itself_stays_off(
    folder: Path, key: str, value: str | None, said: str
) -> None:
    switched_on(folder)
    rewrite(folder / "recipients.toml", "google-analytics", key, value)

    assert said in refusal(folder)


@promise("P-053")
def test_nobody_else_writes_the_declaration_and_version_two_is_to_correct_it() -> None:
    current = policy.current()
    everybody = [r.name for r in current.recipients.values()]
    origins = [h.origin for t in current.trackers.values() for h in t.hosts]

    assert "CookieFirst" in current.promises["P-053"].sentence
    assert not [name for name in (*everybody, *origins) if "cookiefirst" in name.lower()]
    assert "F-16" in {gap for a in current.activities.values() for gap in a.gaps}


@promise("P-038")
def test_what_is_called_necessary_is_on_a_short_list() -> None:
    necessary = {c for c, t in policy.current().trackers.items() if t.category == "necessary"}

    public = {code for code in necessary if not code.startswith("gestion-")}
    assert public == {"session", "csrf", "langue", "choix", "retrait"}


@promise("P-048")
def test_every_lasting_cookie_says_how_long_it_lasts() -> None:
    lasting = {
        code: str(tracker.longest)
        for code, tracker in policy.current().trackers.items()
        if tracker.kind == "cookie" and tracker.longest
    }

    assert lasting == {
        "session": "P30D",
        "choix": "P6M",
        "retrait": "P1Y1M",  # not to be counted at all: the person asked
        "apparence": "P6M",
        "visite": "P1Y1M",
        "google-analytics": "P1Y1M",
    }
