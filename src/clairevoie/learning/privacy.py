"""What the content of parcours holds about people: the names of those who wrote it, in print."""

from clairevoie.learning.models import (
    Chapter,
    Edition,
    Exercise,
    File,
    Module,
    Parcours,
    PlacedFile,
    Project,
    Topic,
)
from clairevoie.privacy import Impersonal, declare

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
