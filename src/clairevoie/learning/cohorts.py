"""What a trainer reads of the cohorts they teach, and of no other (P-024)."""

from __future__ import annotations

from typing import Any

from django.db.models import F, QuerySet

from clairevoie.learning.models import Cohort, Teaching
from clairevoie.privacy.models import DataSubject


def cohorts_of(trainer: DataSubject) -> QuerySet[Cohort, Any]:
    """Those a trainer helps, the latest first, each with the ``title`` of its parcours."""
    taught = Teaching.objects.of(trainer).values("cohort")
    return (
        Cohort.objects.filter(slug__in=taught)
        .annotate(title=F("parcours__current__title"))
        .order_by("-starts_on", "slug")
    )
