"""Whom ``bench.queue`` works on: a trainer, their sessions, and any number of projects."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client

from clairevoie.accounts.models import Member, Role
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import (
    Cohort,
    Enrolment,
    Parcours,
    Project,
    Submission,
    Teaching,
    desks_of,
    waiting_at,
)
from clairevoie.lib import calendar
from clairevoie.privacy.models import DataSubject
from tests.learning.folder import SLUG, sources

_BATCH = 5_000


def settle() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


class Scene:
    """One parcours, three cohorts: the trainer teaches two of them."""

    def __init__(self) -> None:
        self.now = calendar.now()
        self.handed = 0
        import_parcours(slug=SLUG, files=sources(), publish=True, author=None, at=self.now)
        self.parcours = Parcours.objects.select_related("current").get(slug=SLUG)
        self.project = Project.objects.get()
        self.trainer = self._member(role=Role.TRAINER)
        for name in ("automne", "hiver", "ailleurs"):
            cohort = Cohort.objects.create(
                slug=name, parcours=self.parcours, name=name, starts_on=self.now.date()
            )
            if name != "ailleurs":
                Teaching.objects.create(
                    subject=self.trainer.subject, cohort=cohort, since=self.now.date()
                )

    def _member(self, *, role: Role) -> Member:
        subject = DataSubject.objects.create(last_use=self.now.date())
        member: Member = Member.objects.create(
            subject=subject, password="!", role=role, last_name="Banc", joined_on=self.now.date()
        )
        return member

    def trainer_at_work(self) -> Client:
        Authenticator.objects.create(user=self.trainer, type=Authenticator.Type.TOTP, data={})
        client = Client(headers={"host": "127.0.0.1"})
        client.force_login(self.trainer)
        return client

    def hand_in(self, count: int, *, cohorts: tuple[str, ...]) -> None:
        for begun in range(0, count, _BATCH):
            self._batch(min(_BATCH, count - begun), cohorts)

    def _batch(self, count: int, cohorts: tuple[str, ...]) -> None:
        on = self.now.date()
        people = DataSubject.objects.bulk_create(DataSubject(last_use=on) for _ in range(count))
        Member.objects.bulk_create(
            Member(subject=person, password="!", last_name=f"Banc {person.pk}", joined_on=on)
            for person in people
        )
        enrolments = Enrolment.including_restricted.bulk_create(
            Enrolment(
                subject=person,
                parcours=self.parcours,
                edition=self.parcours.current,
                cohort_id=cohorts[number % len(cohorts)],
                way="open",
                enrolled_at=self.now,
                last_at=self.now,
            )
            for number, person in enumerate(people)
        )
        Submission.including_restricted.bulk_create(
            Submission(
                subject_id=one.subject_id,
                enrolment=one,
                project=self.project,
                title=self.project.title,
                number=1,
                desk=one.cohort_id or "",
                submitted_at=self.now - timedelta(seconds=self.handed + number),
            )
            for number, one in enumerate(enrolments)
        )
        self.handed += count

    def middle(self) -> Submission:
        waiting = Submission.objects.filter(desk__in=self._desks()).order_by("submitted_at", "id")
        found: Submission = waiting[waiting.count() // 2]
        return found

    def lines(self, *, after: Submission | None = None) -> list[Submission]:
        return list(waiting_at(self._desks(), after=after, most=26))

    def _desks(self) -> list[str]:
        return desks_of(self.trainer.subject)
