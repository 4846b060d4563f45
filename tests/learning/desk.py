"""A project to hand in: Alice learns in the autumn cohort, which Bob teaches."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from clairevoie.accounts.models import Role
from clairevoie.learning.actions import correcting, submitting
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.models import (
    Cohort,
    Correction,
    Enrolment,
    Parcours,
    Project,
    Submission,
    Teaching,
    Way,
)
from tests.cast import NOW, TODAY, Person, member
from tests.learning.folder import SLUG, sources

PLACE = f"/apprendre/{SLUG}/autour/projet/"
QUEUE = "/formation/corrections/"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\nendobj\n%%EOF\n"
FULL, HALF = (4, 6), (2, 3)  # of the two criteria of the rubric


def project() -> Project:
    """« Décrire un tableau »: a PDF or a notebook, 10 MB, two criteria."""
    import_parcours(slug=SLUG, files=sources(), publish=True, author=None, at=NOW)
    return Project.objects.select_related("edition", "module").get()


def cohort(name: str = "automne", *, trainers: tuple[Person, ...] = ()) -> Cohort:
    parcours = Parcours.objects.get(slug=SLUG)
    made = Cohort.objects.create(
        slug=name, parcours=parcours, name=name.title(), starts_on=date(2026, 9, 1)
    )
    for trainer in trainers:
        Teaching.objects.create(subject=trainer.subject, cohort=made, since=TODAY)
    return made


def enrolled(person: Person, *, cohort: Cohort | None) -> Enrolment:
    parcours = Parcours.objects.select_related("current").get(slug=SLUG)
    made: Enrolment = Enrolment.objects.create(
        subject=person.subject,
        parcours=parcours,
        edition=parcours.current,
        cohort=cohort,
        way=Way.OPEN,
        enrolled_at=NOW,
        last_at=NOW,
    )
    return made


def handed_in(
    enrolment: Enrolment, *, name: str = "rapport.pdf", content: bytes = PDF, at: datetime = NOW
) -> Submission:
    """A version, through the action."""
    return submitting.submit(
        enrolment=enrolment,
        project=Project.objects.select_related("edition", "module").get(),
        words="Voici.",
        files=[submitting.Given(name=name, content=io.BytesIO(content))],
        at=at,
    )


def corrected(
    submission: Submission,
    trainer: Person,
    verdict: str = "accept",
    *,
    points: tuple[int, ...] = FULL,
    comment: str = "Bravo, c’est clair.",
    at: datetime = NOW,
) -> Correction:
    return correcting.correct(
        submission=Submission.objects.get(pk=submission.pk),
        trainer=trainer.subject,
        verdict=verdict,
        points=points,
        comment=comment,
        at=at,
    )


def trainer(name: str) -> Person:
    """One of the cast, made a trainer."""
    person = member(name)
    person.member.role = Role.TRAINER
    person.member.save(update_fields=["role"])
    return person


def upload(name: str = "rapport.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def archive(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, content in files.items():
            packed.writestr(path, content)
    return out.getvalue()
