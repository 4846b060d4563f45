"""From the link in the mail to the published review, with a keyboard and no JavaScript."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from clairevoie.lib import calendar
from clairevoie.privacy.models import DataSubject
from clairevoie.surveys import actions
from clairevoie.surveys.links import link_of
from clairevoie.surveys.models import Answer, Invitation
from tests.axe import faults
from tests.promises import promise

if TYPE_CHECKING:
    from tests.cast import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REVIEW = "Des corrections précises, toujours bienveillantes."


@pytest.fixture
def link(alice: Person) -> str:
    """The path of Alice's own link."""
    today = calendar.today()
    survey = actions.open_survey(
        training="La donnée sans peur",
        ended_on=today - timedelta(days=2),
        closes_on=today + timedelta(days=30),
        at=calendar.now(),
    )
    people = DataSubject.objects.filter(pk=alice.subject.pk)
    actions.invite(survey=survey, people=people, at=calendar.now())
    return urlsplit(link_of(Invitation.objects.get())).path


def press(page: Page, name: str) -> None:
    """Tab to a button or a link and press Enter."""
    target = page.get_by_role("button", name=name, exact=True).or_(
        page.get_by_role("link", name=name, exact=True)
    )
    for _ in range(60):
        if target.evaluate("element => element === document.activeElement"):
            page.keyboard.press("Enter")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard never reaches « {name} »")


@promise("P-031", "P-032")
@pytest.mark.browser_context_args(java_script_enabled=False)
def test_answer_publish_and_take_it_back_without_a_mouse(
    page: Page, live_server: object, link: str
) -> None:
    address = f"{live_server}{link}"
    page.goto(address)

    press(page, "Donner mon avis")
    expect(page.get_by_role("alert")).to_contain_text("Choisissez une note")

    page.get_by_label("9", exact=True).focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type(REVIEW)
    press(page, "Donner mon avis")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Merci")

    page.get_by_label("J’accepte que mon avis soit publié").focus()
    page.keyboard.press("Space")
    with page.expect_navigation():  # published before it is read again
        press(page, "Publier mon avis")
    answer = Answer.objects.get()
    actions.moderate(answer=answer, accepted=True, moderator=uuid4(), at=calendar.now())
    page.goto(f"{live_server}/satisfaction/")
    expect(page.get_by_text(REVIEW)).to_be_visible()

    page.goto(f"{address}retirer/")
    press(page, "Retirer ma réponse")
    expect(page.get_by_role("heading", level=1)).to_contain_text("retirée")
    page.goto(f"{live_server}/satisfaction/")
    expect(page.get_by_text(REVIEW)).to_have_count(0)


def test_every_page_of_the_survey_is_accessible_and_fits(
    page: Page, live_server: object, link: str
) -> None:
    invitation = Invitation.objects.select_related("survey", "subject").get()
    actions.answer(invitation=invitation, score=9, review=REVIEW, at=calendar.now())

    for path in (link, f"{link}merci/", f"{link}retirer/", f"{link}arreter/", "/satisfaction/"):
        page.goto(f"{live_server}{path}")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            assert faults(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
