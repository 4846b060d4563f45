"""The first page, the plan of tonight, the policy, the journal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clairevoie import privacy
from clairevoie.config.backoffice import figures
from clairevoie.lib import calendar
from clairevoie.privacy.models import DataSubject, LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.gestion.conftest import SignIn
from tests.promises import promise


@pytest.mark.django_db
def test_each_person_is_counted_once_the_strictest_state_winning(
    alice: Person, charlie: Person, dora: Person
) -> None:
    DataSubject.objects.filter(pk=alice.subject.pk).update(dormant_since=TODAY, suspended_on=TODAY)
    privacy.restrict(charlie.subject, ground="claims", on=TODAY)

    people = figures.people()

    counts = {str(bar.label): bar.count for bar in people["bars"]}
    assert people["total"] == 3
    assert sum(counts.values()) == 3
    assert (counts["Suspendues"], counts["Verrouillées"], counts["Sans compte"]) == (1, 1, 1)
    assert counts["Dormantes"] == 0


@pytest.mark.django_db
def test_the_page_says_what_leaves_tonight(alice: Person, helene: Person, at_work: SignIn) -> None:
    today = calendar.today()
    last_use = calendar.add_months(today, -60)
    DataSubject.objects.filter(pk=alice.subject.pk).update(last_use=last_use)

    tonight = figures.tonight(today)

    assert tonight["leaving"] == 1
    assert at_work(helene).get("/gestion/").status_code == 200


@pytest.mark.django_db
@promise("P-001")
def test_a_late_night_is_shown(helene: Person) -> None:
    before = figures.last_daily_run(NOW)
    privacy.ledger.append(executor="daily.run", at=NOW, facts={})

    after = figures.last_daily_run(NOW + timedelta(hours=27))

    assert before["last"] is None
    assert after["late"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["bob", "gaston"])
def test_whoever_has_no_room_yet_finds_a_page_that_says_so(
    name: str, at_work: SignIn, request: pytest.FixtureRequest
) -> None:
    shown = at_work(request.getfixturevalue(name)).get("/gestion/").content.decode()

    assert "Personnes connues" not in shown
    assert "<h1>Aujourd’hui</h1>" in shown


@pytest.mark.django_db
def test_the_plan_and_the_policy_are_shown_in_words(helene: Person, at_work: SignIn) -> None:
    client = at_work(helene)

    plan = client.get("/gestion/conservation/").content.decode()
    policy = client.get("/gestion/politique/").content.decode()

    assert "Rien n’est échu" in plan
    assert "5\u00a0ans" in policy or "5 ans" in policy
    assert "P-088" in policy


@pytest.mark.django_db
def test_the_plan_changes_nothing(alice: Person, helene: Person, at_work: SignIn) -> None:
    DataSubject.objects.filter(pk=alice.subject.pk).update(
        last_use=calendar.add_months(TODAY, -72)
    )

    at_work(helene).get("/gestion/conservation/")

    assert DataSubject.objects.filter(pk=alice.subject.pk).exists()


@pytest.mark.django_db
def test_the_journal_is_searched_by_number(alice: Person, eve: Person, at_work: SignIn) -> None:
    privacy.restrict(alice.subject, ground="claims", on=TODAY)
    client = at_work(eve)

    found = client.get("/gestion/journal/", {"q": str(alice.subject.uuid)}).content.decode()
    nobody = client.get("/gestion/journal/", {"q": "Alice"}).content.decode()

    entry = LedgerEntry.objects.get(executor="privacy.restrict")
    assert "privacy.restrict" in found
    assert client.get(f"/gestion/journal/{entry.pk}/").status_code == 200
    assert f"/gestion/journal/{entry.pk}/" not in nobody


@pytest.mark.django_db
@promise("P-080")
def test_the_chain_is_verified_from_the_page(eve: Person, at_work: SignIn) -> None:
    privacy.ledger.append(executor="test.line", at=NOW, facts={})

    shown = at_work(eve).post("/gestion/journal/verifier/", follow=True).content.decode()

    assert "Journal intact" in shown or "Journal altéré" in shown
