"""What happens in the demonstration, each scene through the actions that pages use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP

from clairevoie import policy, privacy
from clairevoie.accounts.actions import (
    appointing,
    incidents,
    joining,
    leaving,
    profile,
    suspending,
)
from clairevoie.accounts.models import Member, Role
from clairevoie.accounts.notices import deliver_notices
from clairevoie.accounts.terminals import Terminal
from clairevoie.config.demonstration import pictures
from clairevoie.config.demonstration.people import PROSPECTS, RESIDENTS, Prospect, Resident
from clairevoie.config.demonstration.timeline import Event, World
from clairevoie.lib import calendar
from clairevoie.privacy.incidents import close_incident, confirm_compromise, note_authority_told
from clairevoie.privacy.models import DataSubject
from clairevoie.privacy.steps import warn_people

PASSWORD = "Dix-neuf lattes, 2 portes & 1 jardin"  # noqa: S105  # public, in a demonstration only
SECRET = "CLAIREVOIEDEMONSTRATIONABCDEFGHI"  # noqa: S105  # the same
_NOWHERE = Terminal(ip="203.0.113.7", user_agent="Démonstration")


# --- Arriving -----------------------------------------------------------------------------------


def arrivals(world: World) -> Iterator[Event]:
    """Everybody signs up, proves a contact, and uses the platform for the last time."""
    first_version = policy.current().versions[0].effective_on
    for resident in RESIDENTS:
        joined, used = world.day(resident.joined), last_use_of(resident, world.today)
        imported = joined < first_version
        entered = calendar.paris_midnight(max(joined, first_version)) + timedelta(hours=9)
        yield Event(entered, partial(_join, resident=resident, joined=joined, used=used))
        if not imported:
            at = calendar.paris_midnight(used) + timedelta(hours=9, minutes=30)
            yield Event(min(at, world.now), partial(_use, key=resident.key))
    for prospect in PROSPECTS:
        wrote = _wrote_on(prospect, world.today)
        at = calendar.paris_midnight(wrote) + timedelta(hours=11)
        yield Event(min(at, world.now), partial(_write_in, prospect=prospect))


def last_use_of(resident: Resident, today: date) -> date:
    """The day that puts the account's term where the resident's story wants it."""
    if resident.term is None:
        return today - timedelta(days=resident.used)
    return _clock_ending("account", today + timedelta(days=resident.term))


def _wrote_on(prospect: Prospect, today: date) -> date:
    if prospect.term is None:
        return today - timedelta(days=prospect.wrote)
    return _clock_ending("prospect", today + timedelta(days=prospect.term))


def _clock_ending(rule: str, last_day: date) -> date:
    duration = policy.current().retention[rule].duration
    assert duration is not None
    return calendar.latest_clock_ended_by(last_day, duration)


def _join(world: World, at: datetime, *, resident: Resident, joined: date, used: date) -> None:
    member = joining.sign_up(
        last_name=resident.last_name,
        first_names=resident.first_names,
        email=resident.mail,
        phone=resident.phone,
        password=None,  # written below: hashing it fifty times would take half a minute
        terms_read=True,
        at=at,
    )
    Member.objects.filter(pk=member.pk).update(password=world.password)
    if resident.mail:
        EmailAddress.objects.get(user=member).set_verified()  # as allauth does before it asks us
        joining.prove_email(member=member, email=resident.mail, at=at)
    if resident.phone:
        joining.prove_phone(member=member, phone=resident.phone, at=at)
    privacy.record_use(member.subject, on=calendar.paris_date(at))
    world.members[resident.key] = member
    _settle_in(member, resident, at)
    if calendar.paris_date(at) > joined:
        _bring_over(member, joined=joined, used=used)


def _settle_in(member: Member, resident: Resident, at: datetime) -> None:
    """Pseudo, postal address, picture; staff get their role and a second factor."""
    mine = profile.Profile.of(member)
    street, postcode, town = resident.address or ("", "", "")
    changes = {"pseudo": resident.pseudo, "street": street, "postcode": postcode, "town": town}
    wanted = {name: getattr(mine, name) for name in profile.Profile.__slots__} | changes
    if resident.address:
        wanted["country"] = "FR"
    profile.change_profile(member=member, profile=profile.Profile(**wanted), at=at)
    if resident.avatar:
        profile.change_avatar(member=member, upload=pictures.draw(resident.key), at=at)
    if resident.role != Role.LEARNER:
        appointing.appoint(member=member, role=resident.role, author=None, at=at)
        TOTP.activate(member, SECRET)
    member.refresh_from_db()


def _bring_over(member: Member, *, joined: date, used: date) -> None:
    """Whoever came before the first published policy was taken over from an older platform.

    No action does that: the dates of a former life are written here, and only here.
    """
    Member.objects.filter(pk=member.pk).update(joined_on=joined)
    DataSubject.objects.filter(pk=member.pk).update(last_use=used, last_contact=used)


def _use(world: World, at: datetime, *, key: str) -> None:
    privacy.record_use(world.members[key].subject, on=calendar.paris_date(at))


def _write_in(world: World, at: datetime, *, prospect: Prospect) -> None:
    on = calendar.paris_date(at)
    subject = privacy.register_subject(on=on)
    privacy.note_contact(subject, kind="email", raw=prospect.mail, on=on, verified=True)
    if prospect.phone:
        privacy.note_contact(subject, kind="phone", raw=prospect.phone, on=on)
    if prospect.may_be_called:
        privacy.give_consent(
            subject,
            activity="qualification-calls",
            text="J’accepte d’être appelé au sujet de mon projet de formation.",
            source="demonstration",
            at=at,
        )
    world.prospects[prospect.key] = subject


# --- Measures -----------------------------------------------------------------------------------

_APPEAL = (
    "Répondez à ce message\u00a0: une autre personne que l’auteur de la décision réexaminera "
    "votre dossier sous un mois."
)


def measures(world: World) -> Iterator[Event]:
    """Suspensions, restrictions, a hold, a closure, an address taken back."""
    yield Event(
        world.at(40, 15),
        _suspending(
            "kevin.marin",
            "partage",
            "Le même compte a servi à quatre personnes pendant l’examen du 3e module, malgré "
            "deux avertissements.",
        ),
    )
    yield Event(
        world.at(80, 11),
        _suspending(
            "dylan.prevost",
            "contenu",
            "Deux messages injurieux dans les commentaires d’un projet.",
        ),
    )
    yield Event(world.at(62, 16), _lifting("dylan.prevost"))
    yield Event(world.at(18, 9), _restricting("ophelie.simon", "accuracy"))
    yield Event(world.at(9, 14), _restricting("victor.lemaire", "objection"))
    yield Event(world.at(25, 10), _hold)
    yield Event(world.at(30, 17), _take_email_back)
    yield Event(world.now, _close)


def _suspending(key: str, code: str, reason: str) -> partial[None]:
    return partial(_suspend, key=key, code=code, reason=reason)


def _suspend(world: World, at: datetime, *, key: str, code: str, reason: str) -> None:
    suspending.suspend_member(
        member=world.members[key],
        author=world.members["eve"],
        reason_code=code,
        reason=reason,
        appeal=_APPEAL,
        at=at,
    )


def _lifting(key: str) -> partial[None]:
    return partial(_lift, key=key)


def _lift(world: World, at: datetime, *, key: str) -> None:
    suspending.lift_member_suspension(
        member=world.members[key], author=world.members["eve"], at=at
    )


def _restricting(key: str, ground: str) -> partial[None]:
    return partial(_restrict, key=key, ground=ground)


def _restrict(world: World, at: datetime, *, key: str, ground: str) -> None:
    privacy.restrict(world.members[key].subject, ground=ground, on=calendar.paris_date(at))


def _hold(world: World, at: datetime) -> None:
    privacy.hold(
        world.members["jeanne.aubert"].subject,
        reason="Contentieux prud’homal : attestations demandées",
        owner=world.members["helene"].subject.uuid,
        on=calendar.paris_date(at),
    )


def _take_email_back(world: World, at: datetime) -> None:
    leaving.remove_email(
        member=world.members["camille.roche"], pseudo="camille_r", terminal=_NOWHERE, at=at
    )


def _close(world: World, at: datetime) -> None:
    leaving.close_account(member=world.members["thomas.gerard"], at=at)


# --- Incidents ----------------------------------------------------------------------------------


def reports(world: World) -> Iterator[Event]:
    """One closed, one on its 72 hours, one nobody has looked at yet."""
    yield Event(world.at(95, 10), _old_incident)
    yield Event(world.now - timedelta(hours=31), _running_incident)
    yield Event(world.now - timedelta(hours=3), _fresh_incident)


def _old_incident(world: World, at: datetime) -> None:
    found = incidents.report_unauthorised_use(
        member=world.members["charlie"],
        contact="",
        description="Une session ouverte depuis une ville où je ne suis jamais allé.",
        end_sessions_but=None,
        terminal=_NOWHERE,
        at=at,
    )
    helene = world.members["helene"].subject.uuid
    confirm_compromise(found, nature="C", risk="risk", author=helene, at=at + timedelta(hours=2))
    note_authority_told(found, author=helene, at=at + timedelta(hours=20))
    close_incident(
        found,
        risk="none",
        measures="Sessions fermées, mot de passe changé, second facteur activé.",
        lessons="Le mot de passe servait ailleurs : le second facteur est proposé à chacun.",
        author=helene,
        on=calendar.paris_date(at + timedelta(days=6)),
    )


def _running_incident(world: World, at: datetime) -> None:
    found = incidents.report_unauthorised_use(
        member=world.members["ines.fontaine"],
        contact="",
        description="Mon adresse postale a été changée sans que je le demande.",
        end_sessions_but=None,
        terminal=_NOWHERE,
        at=at,
    )
    helene = world.members["helene"].subject.uuid
    confirm_compromise(found, nature="I", risk="risk", author=helene, at=at + timedelta(hours=1))


def _fresh_incident(world: World, at: datetime) -> None:
    incidents.report_unauthorised_use(
        member=None,
        contact="quelquun@courriel.example",
        description="J’ai reçu un code de connexion que je n’ai pas demandé.",
        end_sessions_but=None,
        terminal=_NOWHERE,
        at=at,
    )


# --- Nights -------------------------------------------------------------------------------------


def nights(world: World) -> Iterator[Event]:
    """The nights that wrote the notices D-60, D-30 and D-7, and last night's whole round."""
    for days_ago in (60, 53, 30, 23, 7):
        yield Event(world.at(days_ago, 0, 15), _warn)
    yield Event(world.at(0, 0, 15), _daily)


def _warn(_world: World, at: datetime) -> None:
    warn_people(at)
    deliver_notices(at=at)


def _daily(_world: World, at: datetime) -> None:
    privacy.daily.run(at=at)
