"""The letter of the demonstration: topics, some forty readers, three that left, one draft."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from clairevoie import messaging, privacy
from clairevoie.config.demonstration.letter_texts import DRAFT, LETTERS, TOPICS, Text
from clairevoie.config.demonstration.pictures import draw_two_charts
from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.newsletter.actions import illustrating, sending, starting, subscribing, writing
from clairevoie.newsletter.models import Campaign, Pending, Topic, recipients_of

# key of a member, days ago, topics
_MEMBERS = (
    ("alice", 120, "parcours ateliers"),
    ("charlie", 118, "parcours"),
    ("amina.diallo", 101, "parcours financement"),
    ("theo.garnier", 97, "ateliers"),
    ("ines.fontaine", 90, "parcours ateliers financement"),
    ("yann.le-goff", 88, "ateliers"),
    ("mehdi.haddad", 86, "parcours"),
    ("claire.perrin", 70, "parcours ateliers"),
    ("lucas.barbier", 66, "financement"),
    ("noemie.roy", 61, "parcours ateliers"),
    ("julie.colin", 52, "ateliers"),
    ("pierre.vidal", 47, "parcours"),
)
# name of a mailbox, days ago, topics
_STRANGERS = (
    ("agnes.morvan", 140, "financement"),
    ("b.tessier", 138, "parcours financement"),
    ("carole.diop", 133, "parcours"),
    ("contact.asso.horizons", 131, "ateliers financement"),
    ("d.kowalski", 128, "parcours ateliers"),
    ("elodie.ramos", 122, "financement"),
    ("farid.b", 115, "parcours"),
    ("gwenaelle.stephan", 112, "ateliers"),
    ("h.nguyen", 108, "parcours ateliers financement"),
    ("isabelle.picot", 104, "parcours"),
    ("jb.lacroix", 99, "financement"),
    ("karim.zeroual", 95, "parcours financement"),
    ("l.fernandes", 92, "ateliers"),
    ("mission.locale.nord", 91, "parcours financement"),
    ("m.guichard", 84, "parcours"),
    ("nadege.p", 79, "ateliers"),
    ("o.petit", 73, "parcours ateliers"),
    ("pauline.v", 68, "financement"),
    ("q.lemoine", 63, "parcours"),
    ("rachida.elm", 57, "parcours financement"),
    ("s.auclair", 50, "ateliers"),
    ("t.wagner", 45, "parcours"),
    ("ulysse.m", 38, "parcours ateliers"),
    ("v.santos", 31, "financement"),
    ("w.dubreuil", 24, "parcours"),
    ("yasmine.k", 17, "ateliers financement"),
    ("zoe.barre", 9, "parcours"),
)
_STOPPED = (("isabelle.picot", 74), ("jb.lacroix", 38), ("o.petit", 11))
_UNCONFIRMED = (("x.inconnu", 12), ("p.jamais", 3))


def letters(world: World) -> Iterator[Event]:
    """Open topics, ask and confirm, write, send, stop."""
    yield Event(world.at(150, 9), _open_topics)
    for key, days, topics in _MEMBERS:
        yield Event(world.at(days, 18), partial(_subscribe_member, key=key, topics=topics))
    for name, days, topics in _STRANGERS:
        yield Event(world.at(days, 12), partial(_subscribe_stranger, name=name, topics=topics))
    for days, text in zip((75, 40, 12), LETTERS, strict=True):
        yield Event(world.at(days, 10), partial(_send, text=text))
    for name, days in _STOPPED:
        yield Event(world.at(days, 20), partial(_stop, name=name))
    for name, days in _UNCONFIRMED:
        yield Event(world.at(days, 21), partial(_ask, name=name, topics="parcours"))
    for days in (44, 13):
        yield Event(world.at(days, 1), _count)
    yield Event(world.at(1, 16), partial(_write, text=DRAFT))


def _mailbox(name: str) -> str:
    return f"{name}@boite.example"


def _topics(slugs: str) -> list[Topic]:
    return list(Topic.objects.filter(slug__in=slugs.split()))


def _open_topics(world: World, at: datetime) -> None:
    author = world.members["eve"].subject.uuid
    for slug, name, description in TOPICS:
        topic = writing.open_topic(name=slug, description=description, author=author, at=at)
        writing.rename_topic(topic=topic, name=name, description=description, author=author, at=at)


def _subscribe_member(world: World, at: datetime, *, key: str, topics: str) -> None:
    subscribing.choose(
        subject=world.members[key].subject,
        topics=_topics(topics),
        source="mon-compte",
        language="fr",
        at=at,
    )


def _ask(_world: World, at: datetime, *, name: str, topics: str) -> None:
    subscribing.ask(
        email=_mailbox(name), topics=_topics(topics), language="fr", source="newsletter", at=at
    )


def _subscribe_stranger(world: World, at: datetime, *, name: str, topics: str) -> None:
    _ask(world, at, name=name, topics=topics)
    pending = Pending.including_restricted.select_related("subject").latest("id")
    subscribing.confirm(pending=pending, at=at + timedelta(minutes=4))


def _stop(_world: World, at: datetime, *, name: str) -> None:
    reader = privacy.find(_mailbox(name))
    assert reader is not None
    subscribing.stop(subject=reader, source="lettre", at=at)


def _count(_world: World, at: datetime) -> None:
    """What that night did with the letter before."""
    sending.count(at=at)


def _write(world: World, at: datetime, *, text: Text) -> Campaign:
    author = world.members["eve"].subject.uuid
    bare = _draft(text, body=text.body.replace("{picture}\n\n", ""))
    campaign = writing.write_letter(draft=bare, campaign=None, author=author, at=at)
    if not text.picture:
        return campaign
    picture = illustrating.join_picture(
        campaign=campaign,
        name="deux-graphiques.png",
        data=draw_two_charts(),
        description=text.picture,
        author=author,
        at=at,
    )
    placed = _draft(text, body=text.body.replace("{picture}", illustrating.markdown_of(picture)))
    return writing.write_letter(draft=placed, campaign=campaign, author=author, at=at)


def _draft(text: Text, *, body: str) -> writing.Draft:
    return writing.Draft(
        title=text.title,
        preheader=text.preheader,
        body=body,
        language="fr",
        audience="everybody",
        topics=_topics(text.topics),
    )


def _send(world: World, at: datetime, *, text: Text) -> None:
    author = world.members["eve"].subject.uuid
    campaign = _write(world, at - timedelta(hours=2), text=text)
    number = recipients_of(campaign).count()
    sending.send_letter(campaign=campaign, number=number, author=author, at=at)
    campaign.refresh_from_db()
    mailing = starting.start(campaign=campaign, at=at)  # that day's worker
    if mailing is not None:
        messaging.run_mailing(mailing, clock=lambda: at, until=at + timedelta(hours=1))
    writing.publish_letter(campaign=campaign, public=True, author=author, at=at)
