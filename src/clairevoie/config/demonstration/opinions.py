"""Surveys of the demonstration: one with enough answers to show figures, one without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from clairevoie import messaging
from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.lib import calendar
from clairevoie.privacy.models import DataSubject
from clairevoie.surveys import actions
from clairevoie.surveys.models import Answer, Invitation, Survey

WEB = "Développement web – fondamentaux"
DATA = "Analyse de données avec Python"

# key, score, review, published
_WEB_ANSWERS = (
    ("alice", 10, "Les projets m’ont appris plus que trois ans de tutoriels.", True),
    ("charlie", 9, "Des corrections précises, toujours bienveillantes.", True),
    ("amina.diallo", 9, "J’ai retrouvé un poste deux mois après le dernier module.", True),
    (
        "theo.garnier",
        8,
        "Bon rythme. Le module sur les tests mériterait une semaine de plus.",
        True,
    ),
    ("ines.fontaine", 10, "", False),
    ("yann.le-goff", 7, "Correct, mais trop de visioconférences à mon goût.", False),
    ("sofia.moreau", 4, "Je m’attendais à plus d’accompagnement individuel.", False),
    ("mehdi.haddad", 9, "Une équipe qui répond, même le samedi.", False),
)
_DATA_ANSWERS = (
    ("claire.perrin", 9, "Enfin des statistiques que je comprends.", False),
    ("lucas.barbier", 6, "", False),
    ("noemie.roy", 8, "Les jeux de données sont bien choisis.", False),
)
_WEB_SILENT = ("antoine.da-silva", "suryani")
_DATA_SILENT = ("julie.colin", "pierre.vidal", "samira.kaci")


def opinions(world: World) -> Iterator[Event]:
    """Ask, answer, publish, read again, remind."""
    yield Event(
        world.at(44, 9), partial(_ask, training=WEB, answers=_WEB_ANSWERS, silent=_WEB_SILENT)
    )
    for number, answer in enumerate(_WEB_ANSWERS):
        yield Event(world.at(43 - 2 * number, 19), partial(_answer, training=WEB, given=answer))
    yield Event(world.at(20, 10), partial(_read_again, training=WEB))
    yield Event(
        world.at(16, 9), partial(_ask, training=DATA, answers=_DATA_ANSWERS, silent=_DATA_SILENT)
    )
    for number, answer in enumerate(_DATA_ANSWERS):
        yield Event(world.at(14 - 2 * number, 20), partial(_answer, training=DATA, given=answer))


def _survey(training: str) -> Survey:
    return Survey.objects.get(training=training)


def _ask(
    world: World,
    at: datetime,
    *,
    training: str,
    answers: tuple[tuple[str, int, str, bool], ...],
    silent: tuple[str, ...],
) -> None:
    on = calendar.paris_date(at)
    survey = actions.open_survey(
        training=training,
        ended_on=on - timedelta(days=2),
        closes_on=on + timedelta(days=60),
        at=at,
    )
    keys = (*(key for key, *_ in answers), *silent)
    people = DataSubject.objects.filter(pk__in=[world.members[key].pk for key in keys])
    actions.invite(survey=survey, people=people, at=at)
    messaging.deliver_due(at=at)  # that day's worker


def _answer(
    world: World, at: datetime, *, training: str, given: tuple[str, int, str, bool]
) -> None:
    key, score, review, published = given
    invitation = Invitation.including_restricted.select_related("survey", "subject").get(
        survey=_survey(training), subject=world.members[key].pk
    )
    answer = actions.answer(invitation=invitation, score=score, review=review, at=at)
    if published:
        actions.publish(answer=answer, text=str(actions.PUBLICATION_WORDS), at=at)


def _read_again(world: World, at: datetime, *, training: str) -> None:
    """Eve read what its authors agreed to publish."""
    moderator = world.members["eve"].subject.uuid
    waiting = Answer.objects.filter(survey=_survey(training), consent__isnull=False)
    for answer in waiting.select_related("subject"):
        actions.moderate(answer=answer, accepted=True, moderator=moderator, at=at)
