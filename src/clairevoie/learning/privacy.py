"""What learning holds about people: how far they are, what they answered, handed in and thought.

The content of parcours names nobody but those who wrote it, in print.
"""

from django.utils.translation import gettext_lazy as _

from clairevoie.learning import xapi
from clairevoie.learning.models import (
    AddressInvitation,
    Attempt,
    Candidacy,
    Chapter,
    Cohort,
    CohortInvitation,
    Completion,
    Correction,
    Difficulty,
    Document,
    Edition,
    Enrolment,
    Exercise,
    Figure,
    File,
    Module,
    Motivation,
    Package,
    PackageResult,
    Parcours,
    PlacedFile,
    Project,
    Rating,
    Remark,
    Submission,
    Teaching,
    Topic,
    Withdrawal,
)
from clairevoie.privacy import Contribution, Impersonal, Personal, contribute, declare

_WRITTEN = "Written by the organisation for everybody: names no learner."
_LESSON = "A lesson, the same for all who read it."
_SOURCE = "The author's file, as an export gives it back; a lesson and nothing else."


def _lessons(*columns: str) -> dict[str, str]:
    return {**dict.fromkeys(columns, _LESSON), "source": _SOURCE}


declare(
    Impersonal(Parcours, because="A training, and which edition of it is read today."),
    Impersonal(
        Edition,
        because=_WRITTEN,
        columns={
            **_lessons("audience", "objectives", "prerequisites", "requires"),
            "searched": "Words of the title, the summary and the topics, for the search.",
            "authors": "Names of authors, printed with their work as on the cover of a book: "
            "the law gives them that (CPI, art. L121-1), and the edition is public.",
        },
    ),
    Impersonal(Withdrawal, because="An edition that nobody will begin, and since when."),
    Impersonal(
        Topic,
        because=_WRITTEN,
        columns={"name": "The topic's, such as « Protection des données »."},
    ),
    Impersonal(Module, because=_WRITTEN, columns=_lessons("summary", "objectives")),
    Impersonal(
        Chapter,
        because=_WRITTEN,
        columns={
            **_lessons("summary", "html", "outline", "embeds"),
            "exercises_source": _SOURCE,
        },
    ),
    Impersonal(
        Exercise,
        because=_WRITTEN,
        columns=dict.fromkeys(("prompt", "hint", "explanation", "definition"), _LESSON),
    ),
    Impersonal(
        Project,
        because=_WRITTEN,
        columns=_lessons("html", "outline", "embeds", "rubric", "extensions"),
    ),
    Impersonal(File, because="Pictures and videos of the parcours, metadata removed."),
    Impersonal(PlacedFile, because="Where an edition has which picture."),
)

declare(
    Impersonal(
        Cohort,
        because="A session of a parcours: its name and its dates.",
        columns={"name": "The session’s, such as « Python, automne 2026 »."},
    ),
    Personal(
        Teaching,
        activity="training",
        keep="account",
        title="Sessions que vous encadrez",
        observed=("cohort", "since"),
    ),
    Personal(
        Enrolment,
        activity="training",
        keep="account",
        title="Parcours suivis",
        observed=(
            "parcours",
            "cohort",
            "way",
            "contract",
            "enrolled_at",
            "last_at",
            "last_place",
            "finished_at",
            "left_at",
        ),
        derived=("stuck_on", "stuck_at"),
        technical=("uuid", "edition", "counted"),
    ),
    Personal(
        Candidacy,
        activity="application",
        keep="account",
        title="Demandes d’inscription",
        provided=("words",),
        observed=("parcours", "way", "asked_on", "decision", "reason", "decided_on"),
        technical=("uuid", "decided_by"),
    ),
    Personal(
        CohortInvitation,
        activity="invitation",
        keep="account",
        title="Invitations à une session",
        observed=("cohort", "invited_on", "last_day", "used_on"),
        technical=("uuid", "invited_by"),
    ),
    Personal(
        AddressInvitation,
        activity="invitation",
        keep="invitation",
        title="Invitations à votre adresse",
        observed=("cohort", "invited_on", "last_day"),
        secret=("uuid",),
        technical=("invited_by",),
    ),
    Personal(
        Completion,
        activity="training",
        keep="account",
        title="Chapitres terminés",
        observed=("place", "completed_at"),
        technical=("enrolment", "chapter"),
    ),
    Personal(
        Attempt,
        activity="training",
        keep="account",
        title="Réponses aux exercices",
        provided=("answer",),
        observed=("code", "number", "points", "out_of", "attempted_at"),
        technical=("enrolment", "exercise"),
    ),
    Personal(
        Submission,
        activity="training",
        keep="account",
        title="Projets remis",
        provided=("words",),
        observed=("title", "number", "state", "submitted_at", "decided_at"),
        technical=("uuid", "enrolment", "project", "desk"),
    ),
    Personal(
        Document,
        activity="training",
        keep="account",
        title="Fichiers de vos projets",
        provided=("name", "file"),
        observed=("size", "added_at"),
        technical=("uuid", "submission", "sha256"),
        files=("file",),
    ),
    Personal(
        Correction,
        activity="training",
        keep="account",
        title="Corrections de vos projets",
        observed=("verdict", "points", "comment", "corrected_at"),
        technical=("submission", "corrector"),
    ),
    Personal(
        Remark,
        activity="training",
        keep="account",
        title="Messages sur vos projets",
        observed=("text", "said_at", "by_learner"),
        technical=("enrolment", "project", "author"),
    ),
    Personal(
        Rating,
        activity="rating",
        keep="survey",
        carried=True,  # promised (P-103), though it rests on a legitimate interest
        title="Notes que vous avez données",
        provided=("score", "review"),
        observed=(
            "parcours",
            "unit",
            "place",
            "answered_on",
            "consent",
            "moderation",
            "moderated_on",
        ),
        technical=("uuid", "moderator", "counted"),
    ),
    Impersonal(
        Difficulty,
        because="Rounded figures of ten people or more, written anew each night without those who "
        "object: they say where a lesson is unclear, never who stumbled.",
    ),
    Impersonal(
        Figure,
        because="Rounded figures of five people or more, each renewed only when five or more have "
        "moved: nobody’s score can be read in one, nor between two.",
        columns={"place": "The unit's own name, such as « module/chapitre »."},
    ),
    Personal(
        Motivation,
        activity="motivation",
        keep="motivation",
        title="Indicateur de motivation",
        derived=("level", "because", "computed_on"),
        technical=("enrolment",),
    ),
)

contribute(
    Contribution(
        name=xapi.NAME,
        of=(Completion, Attempt, Submission),
        says=_(
            "Dans « portabilite », le fichier « xapi.json » dit ce que vous avez appris au format "
            "xAPI, que lisent les autres plateformes de formation."
        ),
        pieces=xapi.pieces,
    )
)

declare(
    Impersonal(
        Package,
        because="A training made with another tool, the same for all who play it.",
        columns={"items": "What it launches: titles and paths.", "title": "The training’s."},
    ),
    Personal(
        PackageResult,
        activity="training",
        keep="account",
        title="Contenus SCORM suivis",
        observed=("title", "status", "points", "state", "begun_at", "last_at"),
        technical=("enrolment", "package", "item"),
    ),
)
