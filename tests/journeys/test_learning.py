"""From the catalogue to a certificate that outlives the account, with nobody's hand but theirs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

from clairevoie.accounts.models import Member
from clairevoie.credentials.models import Credential, Kind
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import Submission
from clairevoie.lib import calendar
from clairevoie.privacy import retention
from tests.cast import PASSWORD
from tests.gestion.conftest import give_second_factor
from tests.learning.desk import PDF, PLACE, QUEUE, cohort
from tests.learning.folder import SLUG, sources
from tests.promises import promise

if TYPE_CHECKING:
    from tests.cast import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = {  # of the six exercises, what is typed or picked
    "moyenne-simple": "3",
    "moyenne-nombres": "3",
    "mot": "médiane",
}
Window = Callable[["Person | None"], Page]


@pytest.fixture
def window(browser: Browser, base_url: str) -> Iterator[Window]:
    """A browser of somebody's own, signed in; without a script, as the site must do without."""
    opened: list[BrowserContext] = []

    def open_(person: Person | None) -> Page:
        context = browser.new_context(base_url=base_url, locale="fr-FR", java_script_enabled=False)
        opened.append(context)
        if person is not None:
            client = Client()
            client.force_login(person.member)
            session = client.cookies[settings.SESSION_COOKIE_NAME]
            cookie = {"name": session.key, "value": session.value, "url": base_url}
            context.add_cookies([cookie])  # type: ignore[list-item]  # a TypedDict of its own
        return context.new_page()

    yield open_
    for context in opened:
        context.close()


def press(page: Page, name: str, *, role: str = "button") -> None:
    """Click, and wait for the page that answers."""
    with page.expect_navigation():
        page.get_by_role(role, name=name, exact=True).first.click()  # type: ignore[arg-type]


def answer(page: Page, code: str) -> None:
    """One exercise: words and choices as in ``WORDS``, ranks as they come."""
    box = page.locator(f"#exercice-{code}")
    if code in WORDS and box.get_by_role("textbox").count():
        box.get_by_role("textbox").fill(WORDS[code])
    elif code in WORDS:
        box.get_by_label(WORDS[code], exact=True).check()
    elif box.locator("select").count():
        for rank, field in enumerate(box.locator("select").all(), start=1):
            field.select_option(str(rank))
    elif box.get_by_role("textbox").count():
        for field in box.get_by_role("textbox").all():
            field.fill("2018")
    else:
        box.get_by_role("checkbox").first.check()
    with page.expect_navigation():
        box.locator("button").last.click()


def finds_reads_and_passes(page: Page) -> None:
    """From the catalogue to the last chapter; the first answer is wrong on purpose."""
    page.goto("/catalogue/")
    press(page, "Lire des chiffres", role="link")
    press(page, "Commencer ce parcours")
    page.goto(f"/apprendre/{SLUG}/au-centre/la-moyenne/")
    press(page, "J’ai terminé, continuer")
    expect(page.get_by_role("alert")).to_contain_text("Essayez d’abord chaque exercice")
    page.goto(f"/apprendre/{SLUG}/au-centre/la-moyenne/")
    page.locator("#exercice-moyenne-simple").get_by_label("6", exact=True).check()
    with page.expect_navigation():
        page.locator("#exercice-moyenne-simple button").last.click()
    expect(page.locator("#exercice-moyenne-simple")).to_contain_text("Pas encore.")
    for code in ("moyenne-simple", "moyenne-nombres", "plusieurs", "mot", "rang", "trous"):
        answer(page, code)
    expect(page.locator("#exercice-moyenne-simple")).to_contain_text("réussi")
    for _ in range(3):
        press(page, "J’ai terminé, continuer")


def hands_in(page: Page, folder: Path, name: str) -> None:
    report = folder / name
    report.write_bytes(PDF)
    page.goto(PLACE)
    page.locator("input[type=file]").set_input_files(report)
    press(page, "Remettre mon projet")


def decides(page: Page, verdict: str, comment: str) -> None:
    """Bob opens the one project that waits."""
    submission = Submission.objects.get(decided_at=None)
    page.goto(f"{QUEUE}{submission.uuid}/")
    page.locator("input[name=points-0][value='4']").check(force=True)
    page.locator("input[name=points-1][value='6']").check(force=True)
    page.locator("textarea[name=comment]").fill(comment)
    page.locator(f"input[name=verdict][value={verdict}]").check(force=True)
    with page.expect_navigation():
        page.locator("form:has(textarea[name=comment]) button").first.click()


def closes_the_account(page: Page) -> None:
    """The password is asked once more on the way."""
    page.goto("/mon-compte/fermer/")
    page.get_by_label("J’ai compris").check()
    press(page, "Fermer mon compte")
    page.locator("input[type=password]").fill(PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre compte est fermé")


@promise("P-093")
def test_what_alice_earns_outlives_her_account(
    window: Window, alice: Person, bob: Person, tmp_path: Path
) -> None:
    import_parcours(slug=SLUG, files=sources(), publish=True, author=None, at=calendar.now())
    give_second_factor(bob)
    hers, his, strangers = window(alice), window(bob), window(None)

    finds_reads_and_passes(hers)
    cohort(trainers=(bob,))
    hands_in(hers, tmp_path, "premier.pdf")
    decides(his, "rework", "La médiane manque.")
    hers.goto(PLACE)
    expect(hers.locator("main")).to_contain_text("La médiane manque.")
    hands_in(hers, tmp_path, "second.pdf")
    decides(his, "accept", "C’est clair.")

    earned = Credential.objects.get(kind=Kind.CERTIFICATE)
    hers.goto("/mon-compte/certificats/")
    expect(hers.locator("main")).to_contain_text(earned.number)
    document = hers.context.request.get(f"/mon-compte/certificats/{earned.number}.pdf")
    assert document.body().startswith(b"%PDF-")
    closes_the_account(hers)
    retention.carry_out(retention.plan(calendar.today() + timedelta(days=1)))
    assert not Member.objects.filter(pk=alice.subject.pk).exists()

    assert verified(strangers, earned.number) == 200
    expect(strangers.locator("main")).to_contain_text("Lire des chiffres")
    last = date(earned.issued_on.year + 50, earned.issued_on.month, earned.issued_on.day)
    retention.carry_out(retention.plan(last))
    assert verified(strangers, earned.number) == 200
    retention.carry_out(retention.plan(date.fromordinal(last.toordinal() + 1)))
    assert verified(strangers, earned.number) == 404


def verified(page: Page, number: str) -> int:
    """A stranger types the number that was printed."""
    page.goto("/verifier/")
    page.locator("main input[type=text], main input:not([type])").first.fill(number)
    with page.expect_navigation() as answered:
        page.keyboard.press("Enter")
    return answered.value.status
