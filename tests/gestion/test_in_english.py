"""The back office in English: choices and the policy's titles, the rest marked as French."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.utils import translation

from clairevoie import policy, privacy
from clairevoie.privacy.incidents import confirm_compromise
from tests.cast import NOW, Person
from tests.gestion.conftest import SignIn

pytestmark = pytest.mark.django_db


def english(at_work: SignIn, person: Person, page: str) -> str:
    client = at_work(person)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    with translation.override("fr"):  # the request leaves its language behind in the thread
        return client.get(page).content.decode()


def test_an_incident_is_told_in_english(alice: Person, helene: Person, at_work: SignIn) -> None:
    incident = privacy.report_unauthorised_use(
        subject=alice.subject, contact="", description="x", at=NOW
    )
    confirm_compromise(incident, nature="I", risk="high", author=helene.subject.uuid, at=NOW)

    page = english(at_work, helene, f"/gestion/incidents/{incident.uuid}/")
    form = english(at_work, helene, f"/gestion/incidents/{incident.uuid}/registre/")

    for words in ("integrity", "high risk", "To be notified by", "Lessons learnt and decision"):
        assert words in page
    for words in ("availability", "to be assessed", "The extent", "Likely consequences"):
        assert words in form
    assert "risque" not in page.lower()


def test_grounds_of_restriction_are_told_in_english(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    page = english(at_work, helene, f"/gestion/personnes/{alice.subject.uuid}/verrouiller/")

    assert "accuracy contested" in page
    assert "exactitude" not in page


def test_titles_of_the_policy_are_in_english_or_marked_as_french(
    helene: Person, at_work: SignIn
) -> None:
    page = english(at_work, helene, "/gestion/politique/")

    headings = re.findall(r'<th scope="row">(.*?)(?:<small>|</th>)', page)
    current = policy.current()
    french = {rule.title for rule in current.retention.values()}
    french |= {activity.title for activity in current.activities.values()}
    assert "Account and profile" in headings
    assert not french & set(headings)
