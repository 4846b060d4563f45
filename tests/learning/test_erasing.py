"""What one learned goes with them, whatever hangs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection

from clairevoie import privacy
from clairevoie.learning.models import Chapter, Completion, Enrolment
from tests.cast import NOW, TODAY
from tests.learning.desk import enrolled, project

if TYPE_CHECKING:
    from tests.cast import Person

pytestmark = pytest.mark.django_db


def test_erasing_a_person_takes_what_another_wrongly_hung_on_their_rows(
    alice: Person, charlie: Person
) -> None:
    """No action makes such a row; a slip of one must not keep anybody from being erased."""
    project()
    hers = enrolled(alice, cohort=None)
    chapter = Chapter.objects.filter(edition__uuid=hers.edition_id).first()
    assert chapter is not None
    Completion.objects.create(
        subject=charlie.subject, enrolment=hers, chapter=chapter, place="x/y", completed_at=NOW
    )

    privacy.erase(alice.subject, because="request", on=TODAY)

    assert not Enrolment.including_restricted.exists()
    assert not Completion.including_restricted.exists()
    connection.check_constraints()
