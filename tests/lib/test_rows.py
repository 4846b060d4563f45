"""What is read beside an object in one statement is what its own statements would read."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import OuterRef
from django.test.utils import CaptureQueriesContext

from clairevoie.accounts.models import Session
from clairevoie.lib import calendar
from clairevoie.lib.prepared import Prepared
from clairevoie.lib.rows import Rows, instant
from clairevoie.privacy.models import ContactPoint, DataSubject
from tests.cast import Person

SUBJECTS: Prepared[DataSubject] = Prepared(
    lambda number: DataSubject.objects.filter(uuid=number).annotate(
        contacts=Rows(
            ContactPoint.objects.filter(subject=OuterRef("pk"))
            .order_by("kind", "-pk")
            .values_list("kind", "raw", "verified_on", "subject__uuid")
        ),
        sessions=Rows(
            Session.objects.filter(subject=OuterRef("pk")).values_list("expire_date", "ip")
        ),
    ),
    example=(UUID(int=0),),
)


@pytest.mark.django_db
def test_rows_stand_beside_their_own_object_in_one_statement(alice: Person, bob: Person) -> None:
    at = calendar.now()
    Session.objects.create(
        session_key="x" * 32, session_data="{}", expire_date=at, subject=alice.subject
    )

    with CaptureQueriesContext(connection) as queries:
        found = SUBJECTS.get(alice.subject.uuid)
        other = SUBJECTS.get(bob.subject.uuid)

    assert len(queries) == 2
    assert found is not None
    assert other is not None
    expected = ContactPoint.objects.filter(subject=alice.subject).order_by("kind", "-pk")
    assert [row[:3] for row in vars(found)["contacts"]] == [
        [one.kind, one.raw, one.verified_on and one.verified_on.isoformat()] for one in expected
    ]
    assert {UUID(row[3]) for row in vars(found)["contacts"]} == {alice.subject.uuid}
    [[expires, ip]] = vars(found)["sessions"]
    assert (abs(instant(expires) - at), ip) == (timedelta(0), None)
    assert vars(other)["sessions"] == [], "another's rows stand beside another"


@pytest.mark.postgresql
@pytest.mark.django_db
def test_postgresql_keeps_the_plan_and_logs_no_value(alice: Person) -> None:
    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            assert SUBJECTS.get(alice.subject.uuid) is not None

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement ~ 'contacts'")
        assert cursor.fetchone() == (1,)
    assert str(alice.subject.uuid) not in queries.captured_queries[-1]["sql"]
