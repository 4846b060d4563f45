"""A member agrees, takes it back, asks a parent, or refuses all prospecting (P-100, P-102)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from clairevoie import consent, messaging, policy, privacy
from clairevoie.accounts.models import Member
from clairevoie.lib.speech import day_in_full
from clairevoie.privacy.models import Consent, DataSubject

SOURCE = "mon-compte"
_PATIENCE = timedelta(days=4)  # a link to a parent is worth sending a few days later still


@transaction.atomic
def agree(*, member: Member, activity: str, read: str, language: str, at: datetime) -> Consent:
    """The member, fifteen or older, agrees to the words whose digest is ``read``.

    Their proved contacts may be written to again for it. Raises ``consent.TextChanged``,
    ``consent.NotByConsent``, ``privacy.UnknownActivity``.
    """
    given = consent.give(
        member.subject, activity=activity, source=SOURCE, at=at, language=language, read=read
    )
    if policy.current().activities[activity].mutable:
        proved = member.subject.contact_points.filter(verified_on__isnull=False)
        for kind, raw in proved.values_list("kind", "raw"):
            messaging.readmit(member.subject, kind=kind, raw=raw, purpose=activity, at=at)
    return given


def take_back(*, member: Member, activity: str, at: datetime) -> Consent | None:
    """One click, no reason, at once; None when nothing was given."""
    return consent.withdraw(member.subject, activity=activity, source=SOURCE, at=at)


@transaction.atomic
def ask_a_parent(
    *, member: Member, activity: str, parent_email: str, language: str, at: datetime
) -> None:
    """The member is under fifteen: their yes waits for the one of a parent, asked by a link.

    Raises ``consent.guardians.OwnAddress``, ``NotAContact``, ``consent.NotByConsent``.
    """
    ask_the_parent_of(
        member.subject,
        called=member.first_names or member.pseudo or "",
        activity=activity,
        parent_email=parent_email,
        source=SOURCE,
        language=language,
        at=at,
    )


@transaction.atomic
def ask_the_parent_of(
    child: DataSubject,
    *,
    called: str,
    activity: str,
    parent_email: str,
    source: str,
    language: str,
    at: datetime,
) -> None:
    """The same of anybody under fifteen, ``called`` so when they told us a name."""
    asked = consent.guardians.ask_parent(
        child,
        activity=activity,
        parent_email=parent_email,
        source=source,
        language=language,
        at=at,
    )
    path = reverse("accounts:parent", args=[consent.guardians.parent_token(asked)])
    messaging.send_code(
        asked.parent_email,
        "email",
        "accounts/parent-asked",
        subject=child,
        context={
            "child": called,
            "words": asked.wording.text,
            "link": f"{settings.SITE_URL}{path}",
            "last_day": day_in_full(consent.guardians.last_day(asked)),
        },
        at=at,
        patience=_PATIENCE,
    )


@transaction.atomic
def refuse_prospecting(*, subject: DataSubject, source: str, at: datetime) -> tuple[str, ...]:
    """No more prospecting, on any channel: no reason, no examination, at once (art. 21(2)–(3)).

    Nobody can refuse it, so that there is no state between asking and having. Consents go, the
    objection stays, and contacts are remembered as hashes that no import revives. Returns the
    activities that were stopped.
    """
    objecting = {refusal.activity.code for refusal in consent.refusals(subject)}
    for activity in policy.current().activities.values():
        if not activity.prospecting:
            continue
        consent.withdraw(subject, activity=activity.code, source=source, at=at)
        if activity.code not in objecting:
            privacy.object_to(subject, activity=activity.code, source=source, at=at)
        if activity.mutable:
            _remember(subject, activity.code, source=source, at=at)
    return tuple(a.code for a in policy.current().activities.values() if a.prospecting)


def _remember(subject: DataSubject, purpose: str, *, source: str, at: datetime) -> None:
    for kind, raw in subject.contact_points.values_list("kind", "raw"):
        messaging.suppress(
            kind=kind,
            raw=raw,
            purpose=purpose,
            because=messaging.Suppression.Because.CHOICE,
            source=source,
            subject=subject,
            at=at,
        )
