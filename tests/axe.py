"""What axe finds wrong on a page, and nothing else: gathering what it finds right takes longer."""

from __future__ import annotations

import json
from typing import Final, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_OPTIONS: Final = {
    "runOnly": {"type": "tag", "values": RULES},
    "resultTypes": ["violations"],
    "preload": False,  # no film nor sound here
}
_FOUND: Final = """axe.run(%s, %s).then(({violations}) => violations.map((fault) =>
    `${fault.impact} ${fault.id}: ${fault.nodes[0].html.slice(0, 120)}`))"""


def faults(page: Page, *, within: str = "") -> list[str]:
    """One line a rule that is broken: how badly, which, and where first."""
    if page.evaluate("typeof axe") == "undefined":  # half a megabyte: once a page
        page.evaluate(AXE_SCRIPT)
    where = json.dumps(within) if within else "document"
    found: list[str] = page.evaluate(_FOUND % (where, json.dumps(_OPTIONS)))
    return found


def faults_by_day_and_by_night(page: Page) -> list[str]:
    """The same in each scheme, of a page opened once; colours change at once, not by and by."""
    found: list[str] = []
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        found += [f"{scheme}: {fault}" for fault in faults(page)]
    return found
