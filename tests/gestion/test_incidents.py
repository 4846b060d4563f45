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

CLOSING = {"risk": "none", "measures": "Sessions fermées.", "lessons": "Rien à changer."}
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
    client.post(f"{page}personnes/", {"means": "email", "text": "Bonjour"})
    client.post(f"{page}clore/", CLOSING)

    incident.refresh_from_db()
    assert early.status_code == 404
    assert incident.aware_at
    assert incident.cnil_notified_at
    assert incident.persons_informed_at
    assert incident.closed_on
    assert client.get(page).status_code == 200
    assert client.post(f"{page}clore/", CLOSING).status_code == 404


@pytest.mark.django_db
def test_whoever_may_not_see_incidents_cannot_close_one(
    alice: Person, flora: Person, at_work: SignIn
) -> None:
    incident = _report(alice)

    answer = at_work(flora).post(f"/gestion/incidents/{incident.uuid}/clore/", {"risk": "none"})

    assert answer.status_code == 403


@pytest.mark.django_db
def test_the_register_is_filled_in_and_shown_again(
    alice: Person, helene: Person, at_work: SignIn
) -> None:
    client, incident = at_work(helene), _report(alice)
    page = f"/gestion/incidents/{incident.uuid}/"
    answers = {
        "occurred_on": "2026-11-20",
        "nature": "A",
        "cause": "Un disque plein.",
        "persons_count": "40",
        "records_count": "1200",
        "data_categories": "Coordonnées",
        "consequences": "Un retard.",
        "risk": "risk",
        "risk_reasoning": "Rien de sensible.",
        "measures": "Disque changé.",
        "processor": "host",
        "processor_told_at": "2026-11-21T10:00",
    }

    said = client.post(f"{page}registre/", answers)

    assert said.status_code == 302
    shown = client.get(page).content.decode()
    for words in ("Un disque plein.", "1\u202f200", "20 novembre 2026", "disponibilité"):
        assert words in shown
    again = client.get(f"{page}registre/").content.decode()
    for typed in ("2026-11-20", "2026-11-21T10:00", "Rien de sensible."):
        assert typed in again


@pytest.mark.django_db
@pytest.mark.parametrize(
    "slip",
    [
        ("occurred_on", "2999-01-01", "Cette date est à venir"),
        ("occurred_on", "2026-02-30", "Saisissez une date valide"),
        ("persons_count", "-4", "Indiquez un nombre entre 0 et"),
        ("persons_count", "beaucoup", "nombre entier"),
        ("processor_told_at", "2999-01-01T10:00", "Cette date est à venir"),
    ],
)
def test_a_slip_is_told_beside_its_field_and_what_was_typed_stays(
    alice: Person, helene: Person, at_work: SignIn, slip: tuple[str, str, str]
) -> None:
    client, incident = at_work(helene), _report(alice)
    field, typed, sentence = slip
    answers = {"nature": "C", "risk": "risk", "cause": "Mot gardé", field: typed}

    answer = client.post(f"/gestion/incidents/{incident.uuid}/registre/", answers)

    shown = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in shown.split(f'id="id_{field}_error"')[1].split("</p>")[0]
    assert f'value="{typed}"' in shown
    assert "Mot gardé" in shown
    incident.refresh_from_db()
    assert incident.cause == ""


@pytest.mark.django_db
def test_staff_open_an_incident_nobody_reported(
    helene: Person, flora: Person, at_work: SignIn
) -> None:
    client, page = at_work(helene), "/gestion/incidents/nouveau/"
    assert page in client.get("/gestion/incidents/").content.decode()

    empty = client.post(page, {"description": " "})
    future = client.post(page, {"description": "Vu", "detected_at": "2999-01-01T10:00"})
    opened = client.post(page, {"description": "Un journal étrange", "detected_at": ""})

    assert (empty.status_code, future.status_code, opened.status_code) == (422, 422, 302)
    incident = Incident.objects.get()
    assert opened["Location"] == f"/gestion/incidents/{incident.uuid}/"
    assert at_work(flora).get(page).status_code == 403


@pytest.mark.django_db
def test_closing_asks_for_the_lessons(alice: Person, helene: Person, at_work: SignIn) -> None:
    client, incident = at_work(helene), _report(alice)

    answer = client.post(f"/gestion/incidents/{incident.uuid}/clore/", {**CLOSING, "lessons": " "})
    risky = client.post(f"/gestion/incidents/{incident.uuid}/clore/", {**CLOSING, "risk": "risk"})

    assert answer.status_code == risky.status_code == 422
    assert "prévenir la CNIL" in risky.content.decode()
    incident.refresh_from_db()
    assert incident.closed_on is None
