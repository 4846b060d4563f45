"""Projects that nobody would read: a parcours or a session that has some, and no trainer."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from clairevoie.learning.models import Cohort, Enrolment, Parcours, Project, Teaching
from clairevoie.privacy import reminders


@reminders.remind
def say_who_corrects(on: date) -> Iterator[reminders.Reminder]:
    """Two queries, of the size of the catalogue and of the sessions."""
    names = [*_parcours(), *_sessions()]
    if names:
        yield reminders.Reminder(
            what=_(
                "Des projets à remettre, et personne pour les corriger\u00a0: %(names)s. Dites "
                "qui encadre."
            )
            % {"names": ", ".join(f"«\u00a0{name}\u00a0»" for name in names)},
            last_day=on,
            permission="learning.gather",
            page="admin:learning_cohort_changelist",
        )


def _parcours() -> list[str]:
    """Open to those who learn without a session, and taught by nobody."""
    taught = Teaching.objects.filter(cohort__parcours=OuterRef("slug"))
    projects = Project.objects.filter(edition=OuterRef("current"))
    found = Parcours.objects.filter(Exists(projects), ~Exists(taught), published=True)
    return list(found.order_by("slug").values_list("current__title", flat=True))


def _sessions() -> list[str]:
    """With learners under way, and no trainer any more."""
    taught = Teaching.objects.filter(cohort=OuterRef("slug"))
    learners = Enrolment.objects.filter(
        cohort=OuterRef("slug"), finished_at__isnull=True, left_at__isnull=True
    )
    projects = Project.objects.filter(edition=OuterRef("parcours__current"))
    found = Cohort.objects.filter(Exists(learners), Exists(projects), ~Exists(taught))
    return list(found.order_by("slug").values_list("name", flat=True))
