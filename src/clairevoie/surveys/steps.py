"""The part of the daily round that belongs to surveys."""

from datetime import datetime

from clairevoie import privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.surveys.actions import remind
from clairevoie.surveys.models import Survey


# Before messages leave (order 500), so that reminders leave the same night.
@privacy.daily.step("surveys.remind", order=400)
def remind_of_open_surveys(at: datetime) -> int:
    """One reminder a person and a training, a week after the invitation (P-031)."""
    open_surveys = Survey.objects.filter(closes_on__gte=paris_date(at))
    return sum(remind(survey=survey, at=at) for survey in open_surveys)
