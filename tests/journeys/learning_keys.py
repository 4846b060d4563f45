"""True addresses of a learner's pages, after a life that gave each page its content."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit
from uuid import uuid4

from clairevoie.learning.actions import counting, inviting, inviting_addresses, playing, reviewing
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.invitations import link_of, refusal_of
from clairevoie.learning.models import (
    Cohort,
    CohortInvitation,
    Enrolment,
    Parcours,
    Submission,
    Unit,
    Way,
)
from clairevoie.privacy.models import DataSubject
from tests.cast import NOW, Person
from tests.learning.desk import QUEUE, cohort, handed_in
from tests.learning.folder import SLUG, sources
from tests.learning.rated import CHAPTER, follow, night, published, rated, rated_by_strangers
from tests.learning.scorm import package

_ASKED = "sur-dossier"


def of_learning(person: Person) -> dict[str, str]:
    """Someone who follows a parcours, rates it, hands its project in, and is invited elsewhere."""
    published()
    enrolment = follow(person.subject)
    rated_by_strangers(5, 4, 4, 3, 5)
    given = rated(person, 4, "Clair, et bien rythmé.")
    rated(person, 5, unit=Unit.CHAPTER, place=CHAPTER)
    reviewing.publish(rating=given, text="J’accepte.", at=NOW)
    reviewing.moderate(rating=given, accepted=True, moderator=uuid4(), at=NOW)
    counting.count(at=night())
    handed_in(enrolment)
    played = playing.bring(
        parcours=Parcours.objects.get(slug=SLUG), archive=package(), author=uuid4(), at=NOW
    )
    learn, parcours = f"/apprendre/{SLUG}/", f"/parcours/{SLUG}/"
    mine = f"/mon-compte/notes/{given.uuid}/"
    return {
        "parcours/<slug:slug>/": parcours,
        "parcours/<slug:slug>/avis/": f"{parcours}avis/",
        "mon-compte/notes/<uuid:number>/": mine,
        "mon-compte/notes/<uuid:number>/retirer/": f"{mine}retirer/",
        "apprendre/<slug:slug>/": learn,
        "apprendre/<slug:slug>/noter/": f"{learn}noter/",
        "apprendre/<slug:slug>/<slug:module>/<slug:chapter>/": f"{learn}au-centre/la-moyenne/",
        "apprendre/<slug:slug>/<slug:module>/projet/": f"{learn}autour/projet/",
        "apprendre/<slug:slug>/paquets/<uuid:number>/<int:rank>/": (
            f"{learn}paquets/{played.uuid}/1/"
        ),
        **_of_entering(person),
    }


def of_teaching(trainer: Person) -> dict[str, str]:
    """The pages of who corrects the project that ``of_learning`` handed in."""
    session = cohort(trainers=(trainer,))
    waiting = Submission.objects.get(decided_at=None)
    Enrolment.objects.filter(pk=waiting.enrolment_id).update(cohort=session)
    return {
        "formation/": "/formation/",
        "formation/difficultes/": "/formation/difficultes/",
        "formation/sessions/<slug:slug>/": f"/formation/sessions/{session.slug}/",
        "formation/corrections/": QUEUE,
        "formation/corrections/<uuid:number>/": f"{QUEUE}{waiting.uuid}/",
    }


def _of_entering(person: Person) -> dict[str, str]:
    import_parcours(slug=_ASKED, files=sources(), publish=True, author=None, at=NOW)
    Parcours.objects.filter(slug=_ASKED).update(way=Way.APPLICATION)
    session = Cohort.objects.create(
        slug="hiver",
        parcours=Parcours.objects.get(slug=_ASKED),
        name="Hiver",
        starts_on=date(2026, 12, 1),
    )
    people = DataSubject.objects.filter(pk=person.subject.pk)
    inviting.invite(cohort=session, people=people, author=uuid4(), at=NOW)
    invitation = CohortInvitation.including_restricted.get(subject=person.subject)
    [of_an_address] = inviting_addresses.invite_addresses(
        cohort=session, addresses=["invitee@exemple.fr"], author=uuid4(), at=NOW
    )
    return {
        "parcours/<slug:slug>/demande/": f"/parcours/{_ASKED}/demande/",
        "invitation/<str:token>/": urlsplit(link_of(invitation)).path,
        "invitation/<str:token>/refuser/": urlsplit(refusal_of(of_an_address)).path,
    }
