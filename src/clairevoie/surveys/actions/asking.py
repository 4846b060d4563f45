"""Opening a survey, asking once, reminding once, and asking no more."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.text import slugify

from clairevoie import messaging, privacy
from clairevoie.lib.calendar import paris_date
from clairevoie.privacy.models import DataSubject
from clairevoie.surveys.links import link_of
from clairevoie.surveys.models import Answer, Invitation, Survey

ASKING = "satisfaction"  # the activity of the register
REMINDER_AFTER = timedelta(days=7)


class AlreadyAsked(Exception):
    """Cette session a déjà son enquête."""


@transaction.atomic
def open_survey(*, training: str, ended_on: date, closes_on: date, at: datetime) -> Survey:
    """Prepare the survey of one session. Raises :class:`AlreadyAsked`."""
    survey, new = Survey.objects.get_or_create(
        slug=f"{slugify(training)[:80]}-{ended_on}",
        defaults={
            "training": training,
            "ended_on": ended_on,
            "opened_on": paris_date(at),
            "closes_on": closes_on,
        },
    )
    if not new:
        raise AlreadyAsked
    privacy.ledger.append(executor="surveys.open", at=at, facts={"survey": survey.slug})
    return survey


@transaction.atomic
def invite(*, survey: Survey, people: QuerySet[DataSubject], at: datetime) -> int:
    """Ask those of ``people`` who were not asked yet; returns how many were.

    A fixed number of queries. Whoever objected to surveys is not written to.
    """
    Survey.objects.select_for_update().get(pk=survey.pk)  # two invitations at once: one asks
    asked = Invitation.including_restricted.filter(survey=survey, subject=OuterRef("pk"))
    allowed = privacy.permitted(people, ASKING, subject="pk").filter(~Exists(asked))
    invitations = [
        Invitation(survey=survey, subject_id=person, sent_on=paris_date(at))
        for person in allowed.values_list("pk", flat=True)
    ]
    Invitation.including_restricted.bulk_create(invitations)
    _write_to(invitations, survey=survey, template="surveys/invitation", at=at)
    return len(invitations)


@transaction.atomic
def remind(*, survey: Survey, at: datetime) -> int:
    """Remind, once ever, those asked a week ago who gave no answer; returns how many."""
    on = paris_date(at)
    answered = Answer.including_restricted.filter(survey=survey, subject=OuterRef("subject"))
    silent = Invitation.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        ~Exists(answered), survey=survey, reminded_on=None, sent_on__lte=on - REMINDER_AFTER
    )
    invitations = list(privacy.permitted(silent, ASKING)) if survey.is_open(on=on) else []
    Invitation.including_restricted.filter(pk__in=[i.pk for i in invitations]).update(
        reminded_on=on
    )
    _write_to(invitations, survey=survey, template="surveys/reminder", at=at)
    return len(invitations)


def stop_asking(*, invitation: Invitation, at: datetime) -> None:
    """The person wants no more surveys; their answers leave the figures too."""
    messaging.stop(
        invitation.subject,
        keys=(),
        activity=ASKING,
        because=messaging.Suppression.Because.LINK,
        source="surveys.link",
        at=at,
    )


def ask_again(*, invitation: Invitation, at: datetime) -> None:
    """The person changes their mind."""
    messaging.start_again(invitation.subject, activity=ASKING, source="surveys.link", at=at)


def _write_to(
    invitations: list[Invitation], *, survey: Survey, template: str, at: datetime
) -> None:
    contexts = {
        invitation.subject_id: {
            "survey": survey,
            "link": link_of(invitation),
        }
        for invitation in invitations
    }
    messaging.send_many(contexts, template, ASKING, at=at)
