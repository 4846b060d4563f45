"""The register of incidents and its 72 real hours (P-083, F.4)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from time_machine import travel

from clairevoie import privacy
from clairevoie.lib.calendar import PARIS
from clairevoie.privacy.backoffice import clock_of
from clairevoie.privacy.incidents import confirm_compromise
from clairevoie.privacy.models import Incident
from tests.cast import NOW, Person
from tests.gestion.conftest import SignIn
from tests.promises import promise

SATURDAY = datetime(2026, 10, 24, 14, tzinfo=PARIS)  # the night the clocks go back


def _report(person: Person, *, at: datetime = NOW) -> Incident:
    return privacy.report_unauthorised_use(
        subject=person.subject, contact="", description="Une session inconnue.", at=at
    )


@pytest.mark.django_db
@promise("P-083")
def test_the_clock_shows_seventy_two_real_hours(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    incident = _report(alice, at=SATURDAY)
    confirm_compromise(incident, nature="C", risk="risk", author=helene.subject.uuid, at=SATURDAY)

    with travel(SATURDAY + timedelta(hours=1), tick=False):
        shown = at_work(helene).get(f"/gestion/incidents/{incident.uuid}/").content.decode()

    assert "27 octobre 2026, 13:00" in shown
    assert "71 h restantes" in shown


@pytest.mark.django_db
def test_before_confirmation_no_clock_runs(alice: Person) -> None:
    assert clock_of(_report(alice), NOW + timedelta(days=30)) == ("info", "à qualifier")


@pytest.mark.django_db
def test_a_missed_deadline_is_shown_as_such(alice: Person, helene: Person) -> None:
    incident = confirm_compromise(
        _report(alice), nature="C", risk="high", author=helene.subject.uuid, at=NOW
    )

    tone, words = clock_of(incident, NOW + timedelta(hours=74, minutes=30))

    assert (tone, words) == ("danger", "délai dépassé de 3 h")


@pytest.mark.django_db
def test_an_incident_is_confirmed_notified_and_closed_by_buttons(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    client, incident = at_work(helene), _report(alice)
    page = f"/gestion/incidents/{incident.uuid}/"

    early = client.post(f"{page}cnil/")
    client.post(f"{page}confirmer/", {"nature": "C", "risk": "risk"})
    client.post(f"{page}cnil/")
    client.post(f"{page}personnes/")
    client.post(f"{page}clore/", {"risk": "none", "measures": "Sessions fermées."})

    incident.refresh_from_db()
    assert early.status_code == 404
    assert incident.aware_at
    assert incident.cnil_notified_at
    assert incident.persons_informed_at
    assert incident.closed_on
    assert client.get(page).status_code == 200
    assert client.post(f"{page}clore/", {"risk": "none", "measures": "x"}).status_code == 404


@pytest.mark.django_db
def test_whoever_may_not_see_incidents_cannot_close_one(
    alice: Person, flora: Person, at_work: SignIn
) -> None:
    incident = _report(alice)

    answer = at_work(flora).post(f"/gestion/incidents/{incident.uuid}/clore/", {"risk": "none"})

    assert answer.status_code == 403
