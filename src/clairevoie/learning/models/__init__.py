"""Parcours and their editions; who follows them, what they answer, hand in and think of them."""

from clairevoie.learning.models.attempts import Attempt
from clairevoie.learning.models.content import (
    Chapter,
    Edition,
    Exercise,
    File,
    Kind,
    Level,
    Module,
    Parcours,
    PlacedFile,
    Project,
    Topic,
    Way,
    catalogue,
    outline_of,
)
from clairevoie.learning.models.following import (
    Candidacy,
    Cohort,
    CohortInvitation,
    Completion,
    Enrolment,
    Teaching,
)
from clairevoie.learning.models.projects import Correction, Document, Remark, Submission
from clairevoie.learning.models.ratings import Motivation, Rating, Unit

__all__ = [
    "Attempt",
    "Candidacy",
    "Chapter",
    "Cohort",
    "CohortInvitation",
    "Completion",
    "Correction",
    "Document",
    "Edition",
    "Enrolment",
    "Exercise",
    "File",
    "Kind",
    "Level",
    "Module",
    "Motivation",
    "Parcours",
    "PlacedFile",
    "Project",
    "Rating",
    "Remark",
    "Submission",
    "Teaching",
    "Topic",
    "Unit",
    "Way",
    "catalogue",
    "outline_of",
]
