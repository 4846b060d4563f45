"""Pages that only somebody's own link opens, and a true link to each of them.

Walking the resolver finds these addresses too, but with a made-up key, behind which is no page.
"""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

from allauth.account.forms import default_token_generator

from clairevoie import consent, messaging, privacy
from clairevoie.accounts.actions.leaving import link_to_keep
from clairevoie.newsletter import links
from clairevoie.newsletter.actions import sending, starting, writing
from clairevoie.newsletter.models import Campaign, Pending, Topic
from clairevoie.privacy.models import DataSubject
from clairevoie.surveys import actions as surveys
from clairevoie.surveys.links import link_of
from tests.cast import NOW, Person
from tests.credentials.scene import certificate
from tests.journeys.learning_keys import of_learning
from tests.newsletter.scene import asked, subscribed
from tests.surveys.scene import invitation_of, opened

_NEW_PASSWORD = r"^mot-de-passe/nouveau/(?P<uidb36>[0-9a-f]{32})-(?P<key>[^/]+)/\Z"
_LETTER = """Bonjour,

## Ce qui change

Un [lien](/newsletter/), et une liste :

- le premier point,
- le second.

> Une phrase que l’on cite.
"""


def keys(person: Person) -> dict[str, str]:
    """Route → an address that shows its page, after a life that gave each page its content."""
    return {
        **_of_the_account(person),
        **_of_surveys(person),
        **_of_the_letter(person),
        **of_learning(person),
        "verifier/<str:number>/": certificate(person).get_absolute_url(),
    }


def _of_the_account(person: Person) -> dict[str, str]:
    child = consent.guardians.ask_parent(
        person.subject,
        activity="testimonials",
        parent_email="parent.zzyx@exemple.fr",
        source="mon-compte",
        at=NOW,
    )
    incident = privacy.report_unauthorised_use(
        subject=person.subject, contact="", description="Une session inconnue.", at=NOW
    )
    last_day = NOW.date() + timedelta(days=30)
    DataSubject.objects.filter(pk=person.subject.pk).update(last_use=date(2021, 12, 22))
    parent = consent.guardians.parent_token(child)
    reset = f"{person.subject.uuid.hex}-{default_token_generator.make_token(person.member)}"
    stay = link_to_keep(person.subject, last_day=last_day)
    return {
        "accord-parental/<str:token>/": f"/accord-parental/{parent}/",
        "mon-compte/consentements/parent/<slug:activity>/": (
            "/mon-compte/consentements/parent/testimonials/"
        ),
        "signalement/<uuid:reference>/": f"/signalement/{incident.uuid}/",
        _NEW_PASSWORD: f"/mot-de-passe/nouveau/{reset}/",
        "mon-compte/garder/<str:token>/": f"/mon-compte/garder/{stay}/",
    }


def _of_surveys(person: Person) -> dict[str, str]:
    other = surveys.open_survey(
        training="Tests automatisés",
        ended_on=date(2026, 11, 13),
        closes_on=date(2026, 12, 13),
        at=NOW,
    )
    waiting, done = invitation_of(person, opened()), invitation_of(person, other)
    surveys.answer(invitation=done, score=9, review="Très clair, du début à la fin.", at=NOW)
    return {
        "avis/<str:token>/": _path(link_of(waiting)),
        "avis/<str:token>/merci/": _path(link_of(done, "thanks")),
        "avis/<str:token>/retirer/": _path(link_of(done, "withdraw")),
        "avis/<str:token>/arreter/": _path(link_of(done, "stop")),
    }


def _of_the_letter(person: Person) -> dict[str, str]:
    topics = [Topic.objects.create(slug="parcours", name="Parcours", description="Les dates")]
    subscription = subscribed(person, topics)
    asked("lecteur.zzyx@exemple.fr", topics)
    letter = _sent(topics)
    confirmation = _path(links.confirmation_link(Pending.including_restricted.get()))
    return {
        "newsletter/confirmer/<str:token>/": confirmation,
        "newsletter/confirmer/<str:token>/parent/": f"{confirmation}parent/",
        "newsletter/preferences/<str:token>/": _path(links.preferences_link(subscription)),
        "newsletter/archives/<uuid:number>/": f"/newsletter/archives/{letter.uuid}/",
        "desinscription/<str:token>/": _path(
            messaging.unsubscribe_url(person.subject, "newsletter")
        ),
    }


def _sent(topics: list[Topic]) -> Campaign:
    draft = writing.Draft(
        title="Les ateliers de décembre",
        preheader="Deux heures, le samedi.",
        body=_LETTER,
        language="fr",
        audience="everybody",
        topics=topics,
    )
    letter = writing.write_letter(draft=draft, campaign=None, author=uuid4(), at=NOW)
    sending.send_letter(campaign=letter, number=1, author=uuid4(), at=NOW)
    letter.refresh_from_db()
    mailing = starting.start(campaign=letter, at=NOW)
    assert mailing is not None
    messaging.run_mailing(mailing, clock=lambda: NOW, until=NOW + timedelta(minutes=5))
    writing.publish_letter(campaign=letter, public=True, author=uuid4(), at=NOW)
    return letter


def _path(link: str) -> str:
    return urlsplit(link).path
