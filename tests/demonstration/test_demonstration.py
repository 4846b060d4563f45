"""The demonstration organisation: everybody in every state, once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client

from clairevoie import privacy
from clairevoie.accounts.models import Member, Role
from clairevoie.config.demonstration import loading, scenes
from clairevoie.config.demonstration.people import CAST, RESIDENTS
from clairevoie.learning.models import Figure
from clairevoie.lib import calendar
from clairevoie.privacy.models import (
    DataSubject,
    ExpiryNotice,
    Incident,
    LedgerEntry,
    LegalHold,
    Suspension,
)
from clairevoie.surveys.models import published_reviews

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[datetime]:
    """Loaded once for this file and taken back at its end; each test undoes what it does."""
    loading.notes_path().unlink(missing_ok=True)
    with django_db_blocker.unblock(), transaction.atomic():
        now = calendar.now()
        assert loading.load(at=now)
        yield now
        transaction.set_rollback(True)
    loading.notes_path().unlink()


def _subject(key: str) -> DataSubject:
    found = privacy.find(f"{key}@courriel.example")
    assert found is not None, key
    return found


def test_everybody_lives_in_the_state_of_their_story(loaded: datetime) -> None:
    today = calendar.paris_date(loaded)

    assert Member.objects.count() == len(RESIDENTS)
    assert _subject("kevin.marin").suspended_on
    assert _subject("dylan.prevost").suspended_on is None
    assert Suspension.including_restricted.count() == 2
    assert _subject("ophelie.simon").restricted
    assert _subject("jeanne.aubert").held
    assert LegalHold.including_restricted.filter(released_on=None).count() == 1
    assert _subject("thomas.gerard").closed_on == today
    assert _subject("paul.renaud").dormant_since
    assert Member.objects.get(pseudo="camille_r").email is None
    assert Member.objects.get(last_name="Suryani").full_name == "Suryani"
    assert Incident.objects.filter(closed_on=None).count() == 2
    assert published_reviews().count() == 4


def test_a_parcours_has_results_to_show(loaded: datetime) -> None:
    shown = Figure.objects.filter(
        shown=True, parcours__slug="rgpd-petite-entreprise", unit="parcours"
    )

    assert {figure.measure for figure in shown} == {"satisfaction", "success"}


def test_those_about_to_leave_were_warned_in_time(loaded: datetime) -> None:
    notices = ExpiryNotice.including_restricted.filter(rule="account")

    def stages(key: str) -> set[str]:
        return set(notices.filter(subject=_subject(key)).values_list("stage", flat=True))

    assert stages("marc.olivier") == {"P60D"}
    assert stages("hugo.picard") == {"P60D", "P30D"}
    assert stages("rene.gauthier") == stages("louise.masson") == {"P60D", "P30D", "P7D"}


def test_those_whose_term_is_today_leave_tonight_and_nobody_else(loaded: datetime) -> None:
    today = calendar.paris_date(loaded)

    now_due = privacy.retention.plan(today).total
    tonight = privacy.retention.plan(today + timedelta(days=1))

    people = {
        due.line.rule.code: due.count
        for due in tonight.due
        if due.count and due.line.what == "privacy.DataSubject"
    }
    assert now_due == 0
    assert people == {"account": 2, "closed-account": 1, "prospect": 1}


def test_the_journal_is_sound_and_told_in_order(loaded: datetime) -> None:
    executors = set(LedgerEntry.objects.values_list("executor", flat=True))

    assert privacy.ledger.verify().broken is None
    assert {"accounts.sign-up", "privacy.suspend", "daily.run", "retention.notice"} <= executors
    assert "daily.failed" not in executors


def test_everybody_signs_in_with_the_password_shown(loaded: datetime) -> None:
    alice = Member.objects.get(email="alice@courriel.example")

    assert alice.check_password(scenes.PASSWORD)
    validate_password(scenes.PASSWORD, alice)
    assert scenes.PASSWORD in loading.notes_path().read_text()
    assert all(resident.mail in loading.notes() for resident in CAST if resident.mail)


def test_the_code_shown_is_the_second_factor_of_staff(loaded: datetime) -> None:
    cache.clear()
    staff = Member.objects.exclude(role=Role.LEARNER)

    for authenticator in Authenticator.objects.filter(user__in=staff):
        assert TOTP(authenticator).validate_code(loading.code_of_the_moment())
    employed = [one for one in RESIDENTS if one.role != Role.LEARNER]
    assert Authenticator.objects.count() == staff.count() == len(employed)


def test_every_room_has_something_to_show(loaded: datetime, client: Client) -> None:
    client.force_login(Member.objects.get(email="helene@courriel.example"))

    for room in ("personnes", "suspensions", "verrouillages", "gels", "incidents", "messages"):
        shown = client.get(f"/gestion/{room}/").content.decode()
        assert 'id="result_list"' in shown, room
    for page in ("", "conservation/", "politique/", "journal/"):
        assert client.get(f"/gestion/{page}").status_code == 200


def test_loading_twice_changes_nothing(loaded: datetime) -> None:
    lines = LedgerEntry.objects.count()

    again = loading.load(at=loaded)

    assert not again
    assert LedgerEntry.objects.count() == lines


def test_nothing_in_it_can_reach_anybody(loaded: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, normalised FROM privacy_contactpoint")
        contacts = cursor.fetchall()

    for kind, contact in contacts:
        assert contact.endswith(".example" if kind == "email" else contact[-3:])
        assert kind == "email" or contact.startswith("+33199000")
