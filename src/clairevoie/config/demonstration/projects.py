"""Projects of the demonstration: one in each state, for Bob to correct."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from clairevoie import messaging
from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.learning.actions import correcting, enrolling, submitting, talking
from clairevoie.learning.models import Cohort, Parcours, Project, Submission, Teaching, Way

PARCOURS = "python-analyse-de-donnees"
COHORT = "python-automne"
_PAGE = """# Où et quand jette-t-on le plus ?

**Ferdinand-Buisson, le mardi.** On y laisse 141 g par repas, contre 114 g en moyenne.

- L’écart tient au libre-service, pas au menu végétarien.
- Pasteur est dans la moyenne : 112 g.
- Limite : un mois de pesées, quatre cantines.

Proposition : servir les entrées à la demande, dans cette cantine, jusqu’en juin.
"""
_COMMENT_REWORK = (
    "Le nettoyage est solide et bien écrit. Deux choses avant de valider\u00a0: la moyenne par "
    "cantine doit peser les repas, pas les jours ; et la page annonce une cause que les "
    "chiffres ne montrent pas. Dites ce qu’ils permettent de dire, et rien de plus."
)
_COMMENT_ACCEPT = (
    "Beau travail. La réponse vient d’abord, chaque figure prouve ce que son titre affirme, et "
    "les limites sont dites. La page peut partir telle quelle."
)
_COMMENT_SECOND = (
    "Les calculs sont justes, mais je suis partagé sur la page\u00a0: est-elle assez prudente ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Somebody's project: the verdicts of Bob in turn, then what still waits."""

    key: str
    days_ago: int  # the first version
    verdicts: tuple[tuple[str, tuple[int, ...], str], ...] = ()
    waits: bool = False
    words: str = ""
    asks: str = ""


_STORIES = (
    Story(
        key="amina.diallo",
        days_ago=24,
        words="J’ai gardé deux figures : la troisième n’ajoutait rien.",
        verdicts=(("accept", (5, 5, 4, 3, 2), _COMMENT_ACCEPT),),
    ),
    Story(
        key="alice",
        days_ago=16,
        words="Corrigé : les moyennes sont pondérées par les repas.",
        verdicts=(("rework", (4, 2, 3, 2, 2), _COMMENT_REWORK),),
        waits=True,
        asks="Merci pour vos remarques. Puis-je rendre la page en Markdown plutôt qu’en PDF ?",
    ),
    Story(
        key="theo.garnier",
        days_ago=9,
        waits=True,
        words="J’ai un doute sur le 19 mars : zéro repas, je l’ai écarté.",
    ),
    Story(
        key="charlie",
        days_ago=6,
        verdicts=(("second", (5, 4, 3, 2, 2), _COMMENT_SECOND),),
    ),
    Story(
        key="ines.fontaine",
        days_ago=5,
        verdicts=(("rework", (2, 2, 2, 1, 1), _COMMENT_REWORK),),
    ),
    Story(key="yann.le-goff", days_ago=2, waits=True),
    Story(key="sofia.moreau", days_ago=1, waits=True, words="Première version, avec le carnet."),
)


def projects(world: World) -> Iterator[Event]:
    """A session that Bob and Maya teach, and what its learners hand in."""
    yield Event(world.at(60, 9), _open)
    for story in _STORIES:
        yield Event(world.at(58, 10), partial(_enrol, key=story.key))
        yield from _told(world, story)


def _told(world: World, story: Story) -> Iterator[Event]:
    day = story.days_ago
    for version, verdict in enumerate(story.verdicts, start=1):
        yield Event(world.at(day, 18), partial(_hand_in, story=story, version=version))
        day = max(day - 2, 0)
        yield Event(world.at(day, 17), partial(_correct, key=story.key, verdict=verdict))
    if story.asks:
        yield Event(world.at(day, 20), partial(_ask, story=story))
    if story.waits:
        late = story.days_ago if not story.verdicts else max(day - 3, 0)
        version = len(story.verdicts) + 1
        yield Event(world.at(late, 21), partial(_hand_in, story=story, version=version))


def _project() -> Project | None:
    """The parcours of the demonstration may be somebody else's (CLAIREVOIE_CONTENT)."""
    current = Parcours.objects.filter(slug=PARCOURS).values("current")
    found = Project.objects.select_related("edition", "module").filter(edition__in=current)
    return found.order_by("-module__position").first()


def _open(world: World, at: datetime) -> None:
    parcours = Parcours.objects.filter(slug=PARCOURS).first()
    if parcours is None:
        return
    cohort, _new = Cohort.objects.get_or_create(
        slug=COHORT,
        defaults={
            "parcours": parcours,
            "name": "Python, automne 2026",
            "starts_on": at.date(),
            "ends_on": at.date() + timedelta(days=150),
        },
    )
    for key in ("bob", "maya.caron"):
        subject = world.members[key].subject
        Teaching.objects.get_or_create(
            subject=subject, cohort=cohort, defaults={"since": at.date()}
        )


def _enrol(world: World, at: datetime, *, key: str) -> None:
    cohort = Cohort.objects.filter(slug=COHORT).select_related("parcours__current").first()
    if cohort is not None:
        enrolling.enrol(
            subject=world.members[key].subject,
            parcours=cohort.parcours,
            way=Way.OPEN,
            cohort=cohort,
            at=at,
        )


def _hand_in(world: World, at: datetime, *, story: Story, version: int) -> None:
    project = _project()
    if project is None:
        return
    enrolment = enrolling.enrol(
        subject=world.members[story.key].subject,
        parcours=project.edition.parcours,
        way=Way.OPEN,
        at=at,
    )
    is_last = version == len(story.verdicts) + story.waits
    submitting.submit(
        enrolment=enrolment,
        project=project,
        words=story.words if is_last else "",
        files=[
            submitting.Given(name="cantines.ipynb", content=io.BytesIO(_notebook(version))),
            submitting.Given(name="page-pour-l-elue.md", content=io.BytesIO(_PAGE.encode())),
        ],
        at=at,
    )


def _notebook(version: int) -> bytes:
    cell: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "source": [f"# version {version}\n", "releves['grammes'].sum() / releves['repas'].sum()"],
        "outputs": [],
        "execution_count": None,
    }
    return json.dumps(
        {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}
    ).encode()


def _correct(
    world: World, at: datetime, *, key: str, verdict: tuple[str, tuple[int, ...], str]
) -> None:
    submission = _latest(world, key)
    if submission is None:
        return
    said, points, comment = verdict
    correcting.correct(
        submission=submission,
        trainer=world.members["bob"].subject,
        verdict=said,
        points=points,
        comment=comment,
        at=at,
    )
    messaging.deliver_due(at=at)  # that day's worker


def _ask(world: World, at: datetime, *, story: Story) -> None:
    submission = _latest(world, story.key)
    if submission is not None:
        author = world.members[story.key].subject
        talking.say(submission=submission, author=author, text=story.asks, at=at)
        messaging.deliver_due(at=at)


def _latest(world: World, key: str) -> Submission | None:
    of_theirs = Submission.objects.of(world.members[key].pk)
    found: Submission | None = of_theirs.order_by("-number").first()
    return found
