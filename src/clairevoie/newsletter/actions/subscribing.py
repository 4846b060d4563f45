"""Asking for the letter, confirming from the mailbox, choosing, staying, stopping."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from clairevoie import consent, messaging, policy, privacy
from clairevoie.accounts.actions.consenting import ask_the_parent_of
from clairevoie.lib import calendar
from clairevoie.lib.calendar import paris_date
from clairevoie.lib.contact import EMAIL, normalise
from clairevoie.lib.duration import Duration
from clairevoie.newsletter.links import confirmation_link, preferences_link
from clairevoie.newsletter.models import (
    ACTIVITY,
    Interest,
    Pending,
    Subscription,
    Topic,
    is_subscribed,
    open_topics,
    subscription_of,
)
from clairevoie.privacy.models import ContactPoint, DataSubject

CONFIRMATION_PATIENCE = timedelta(days=4)


class NoTopic(Exception):
    """Choisissez au moins un thème."""

    field = "topics"


class AddressUnavailable(Exception):
    """Cette adresse appartient déjà à un autre compte : connectez-vous pour vous abonner."""


class WaitsForAParent(Exception):
    """Votre demande attend la réponse d’un parent : rien ne commence avant."""


class NoAddress(Exception):
    """Votre compte n’a pas d’adresse e-mail vérifiée : ajoutez-en une pour vous abonner."""


def patience() -> Duration:
    """How long a request waits for its confirmation (P-016)."""
    duration = policy.current().retention["newsletter-pending"].duration
    assert duration is not None
    return duration


def words(language: str) -> str:
    """Exactly what one agrees to, in the reader's language: the policy's own words (art. 7)."""
    return consent.words(ACTIVITY, language=language).text


# --- Asking -------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    *, email: str, topics: Collection[Topic], language: str, source: str, at: datetime
) -> None:
    """Somebody typed an address: its owner is written to, and decides.

    The caller answers the same whoever the owner is. Nothing is attached to anybody known; a
    subscriber learns that they are one. Raises ``NotAContact``, :class:`NoTopic`.
    """
    if not topics:
        raise NoTopic
    owner = privacy.owner_of(kind=EMAIL, raw=email)
    subscription = subscription_of(owner) if owner else None
    if owner and subscription and is_subscribed(owner) and not _is_refused(email):
        _say_it_already_is(subscription, at=at)
        return
    pending = _note(email, topics, language=language, source=source, on=paris_date(at))
    messaging.send_code(
        email,
        EMAIL,
        "newsletter/confirm",
        subject=pending.subject,
        context={"link": confirmation_link(pending), "topics": topics, "text": pending.text},
        at=at,
        patience=CONFIRMATION_PATIENCE,
    )


def _is_refused(email: str) -> bool:
    """The letter would not leave, say because the mailbox was full one day: ask it again."""
    return bool(messaging.suppressed([(EMAIL, normalise(EMAIL, email))], ACTIVITY))


def _say_it_already_is(subscription: Subscription, *, at: datetime) -> None:
    messaging.send(
        subscription.subject,
        "newsletter/already",
        ACTIVITY,
        context={"link": preferences_link(subscription)},
        at=at,
        channel=messaging.Channel.EMAIL,
    )


def _note(
    email: str, topics: Collection[Topic], *, language: str, source: str, on: date
) -> Pending:
    """One request an address: asking again replaces the topics and sends a new mail."""
    choice = " ".join(topic.slug for topic in topics)
    waiting: Pending | None = (
        Pending.including_restricted.select_for_update(of=("self",))
        .select_related("subject")
        .filter(
            subject__contact_points__kind=EMAIL,
            subject__contact_points__normalised=normalise(EMAIL, email),
        )
        .first()
    )
    if waiting is None:
        subject = privacy.register_subject(on=on)
        privacy.note_contact(subject, kind=EMAIL, raw=email, on=on)
        waiting = Pending(subject=subject)
    waiting.topics, waiting.text, waiting.language = choice, words(language), language
    waiting.source, waiting.asked_on = source, on
    waiting.save()
    return waiting


# --- Confirming ---------------------------------------------------------------------------------


@transaction.atomic
def confirm(*, pending: Pending, at: datetime) -> Subscription:
    """The owner of the address pressed the button: the consent, with its proof.

    A person known by this address gets the subscription. Raises :class:`AddressUnavailable`,
    :class:`WaitsForAParent`.
    """
    pending = Pending.including_restricted.select_for_update().get(pk=pending.pk)
    if ACTIVITY in consent.guardians.waiting(pending.subject):
        raise WaitsForAParent
    subject = _proved(pending, at=at)
    if not is_subscribed(subject):
        _agree(subject, source=pending.source, language=pending.language, text=pending.text, at=at)
    return _begin(pending, subject, at=at)


@transaction.atomic
def ask_a_parent(*, pending: Pending, parent_email: str, at: datetime) -> None:
    """The owner of the mailbox is under fifteen: their yes waits for the one of a parent.

    Both questions end the same night. Raises ``consent.guardians.OwnAddress``, ``NotAContact``.
    """
    pending = Pending.including_restricted.select_for_update().get(pk=pending.pk)
    Pending.including_restricted.filter(pk=pending.pk).update(asked_on=paris_date(at))
    ask_the_parent_of(
        pending.subject,
        called=_contact_of(pending).raw,
        activity=ACTIVITY,
        parent_email=parent_email,
        source=pending.source,
        language=pending.language,
        at=at,
    )


@transaction.atomic
def begin_with_a_parent(subject: DataSubject, *, at: datetime) -> bool:
    """A parent has agreed too: what the child asked for begins. False: nothing was asked here."""
    waiting = Pending.including_restricted.select_for_update().filter(subject=subject)
    pending: Pending | None = waiting.first()
    if pending is None:
        return False
    owner = privacy.owner_of(kind=EMAIL, raw=_contact_of(pending).raw)
    if owner is not None:  # one parent's word a person: this one is the latest
        mine = consent.ParentalConsent.including_restricted.filter(activity=ACTIVITY)
        mine.filter(subject=owner).delete()
    _begin(pending, _proved(pending, at=at), at=at)
    return True


@transaction.atomic
def forget_request(subject: DataSubject, *, at: datetime) -> None:
    """A parent said no: the request goes with the address, whose person it was alone (P-016)."""
    people = Pending.including_restricted.filter(subject=subject).values("subject")
    alone = DataSubject.objects.filter(pk__in=people)
    privacy.erase_many(alone, because="newsletter-refused-by-parent", on=paris_date(at))


def _contact_of(pending: Pending) -> ContactPoint:
    return ContactPoint.objects.get(subject=pending.subject_id, kind=EMAIL)


def _proved(pending: Pending, *, at: datetime) -> DataSubject:
    """Whose address it is, who may be written to there again; the request itself is over.

    Who was known by it, else the person of the request.
    """
    contact = _contact_of(pending)
    try:
        subject = privacy.verify_contact(contact, on=paris_date(at))
    except privacy.TwoAccounts:
        raise AddressUnavailable from None
    messaging.readmit(subject, kind=EMAIL, raw=contact.raw, purpose=ACTIVITY, at=at)
    Pending.including_restricted.filter(uuid=pending.uuid).delete()
    return subject


def _agree(subject: DataSubject, *, source: str, language: str, text: str, at: datetime) -> None:
    consent.give(subject, activity=ACTIVITY, source=source, at=at, language=language, text=text)


def _begin(pending: Pending, subject: DataSubject, *, at: datetime) -> Subscription:
    """The consent is recorded: the letter may come."""
    topics = Topic.objects.filter(slug__in=pending.topics.split())
    return _subscribe(
        subject,
        [topic.slug for topic in topics],
        source=pending.source,
        language=pending.language,
        confirmation=pending.uuid,
        at=at,
    )


def _subscribe(
    subject: DataSubject,
    topics: Collection[str],
    *,
    source: str,
    language: str,
    confirmation: UUID | None,
    at: datetime,
) -> Subscription:
    on = paris_date(at)
    lasting = {
        "confirmation": confirmation,
        "language": language,
        "source": source,
        "last_act_on": on,
    }
    subscription, _ = Subscription.including_restricted.update_or_create(
        subject=subject,
        defaults={**lasting, "asked_to_stay_on": None},
        create_defaults={**lasting, "confirmed_on": on},
    )
    _follow(subject, topics, on=on)
    privacy.record_contact(subject, on=on)
    privacy.ledger.append(
        executor="newsletter.confirm",
        at=at,
        subject=subject.uuid,
        facts={"topics": sorted(topics), "source": source},
    )
    found: Subscription = subscription
    return found


def _follow(subject: DataSubject, topics: Collection[str], *, on: date) -> None:
    """These topics and no others."""
    mine = Interest.including_restricted.filter(subject=subject)
    mine.exclude(topic__in=topics).delete()
    mine.update(last_act_on=on)
    Interest.including_restricted.bulk_create(
        [Interest(subject=subject, topic_id=topic, last_act_on=on) for topic in topics],
        ignore_conflicts=True,
    )


# --- Choosing and stopping ----------------------------------------------------------------------


@transaction.atomic
def choose(
    *, subject: DataSubject, topics: Collection[Topic], source: str, language: str, at: datetime
) -> None:
    """A subscriber, or a member with a verified address, keeps these topics.

    None at all is stopping. Raises :class:`NoAddress` for who cannot be written to.
    """
    if not topics:
        stop(subject=subject, source=source, at=at)
        return
    address = address_of(subject)
    if address is None:
        raise NoAddress
    if not is_subscribed(subject) or _is_refused(address):
        messaging.readmit(subject, kind=EMAIL, raw=address, purpose=ACTIVITY, at=at)
    previous = subscription_of(subject)
    if not is_subscribed(subject):
        _agree(subject, source=source, language=language, text=words(language), at=at)
    _subscribe(
        subject,
        [topic.slug for topic in topics],
        source=source,
        language=language,
        confirmation=previous.confirmation if previous else None,
        at=at,
    )


def address_of(subject: DataSubject) -> str | None:
    """Where the letter goes: the address the person proved to be theirs."""
    points = ContactPoint.objects.filter(subject=subject, kind=EMAIL, verified_on__isnull=False)
    return points.values_list("raw", flat=True).first()


@transaction.atomic
def stay(*, subscription: Subscription, at: datetime) -> None:
    """The person wants the letter for three more years (R-NEWS)."""
    on, subject = paris_date(at), subscription.subject
    mine = Subscription.including_restricted.filter(pk=subscription.pk)
    mine.update(last_act_on=on, asked_to_stay_on=None)
    Interest.including_restricted.filter(subject=subject).update(last_act_on=on)
    privacy.record_contact(subject, on=on)
    privacy.ledger.append(executor="newsletter.stay", at=at, subject=subject.uuid, facts={})


@transaction.atomic
def stop(*, subject: DataSubject, source: str, at: datetime) -> None:
    """No more letters, at once; saying it twice changes nothing (GDPR art. 7(3))."""
    stopped = messaging.stop(
        subject, keys=(), activity=ACTIVITY, because="choice", source=source, at=at
    )
    forget(subject)
    if stopped.now:
        privacy.record_contact(subject, on=paris_date(at))


@transaction.atomic
def follow_everything(subject: DataSubject, *, at: datetime) -> None:
    """The consent was given elsewhere, such as in « Consentements »: all that is open."""
    on = paris_date(at)
    Subscription.including_restricted.get_or_create(
        subject=subject,
        defaults={"source": "consentements", "confirmed_on": on, "last_act_on": on},
    )
    _follow(subject, [topic.slug for topic in open_topics()], on=on)


def forget(subject: DataSubject) -> None:
    """What they followed: their refusal, not their choices, is what is kept."""
    Interest.including_restricted.filter(subject=subject).delete()
    Subscription.including_restricted.filter(subject=subject).delete()


# --- What the night does ------------------------------------------------------------------------


def forget_unconfirmed(*, on: date) -> int:
    """Thirty days without an answer: the request goes, with the address that was typed."""
    latest = calendar.latest_clock_ended_by(on - timedelta(days=1), patience())
    late = Pending.including_restricted.filter(asked_on__lte=latest)
    people = DataSubject.objects.filter(pk__in=late.values("subject"))
    return privacy.erase_many(people, because="newsletter-not-confirmed", on=on)


@transaction.atomic
def forget_stopped() -> int:
    """Whoever withdrew elsewhere (one click in a mail, « Mon compte ») follows nothing here."""
    held = privacy.permitted(Subscription.including_restricted.all(), ACTIVITY)
    gone = Subscription.including_restricted.filter(subject__restricted=False).exclude(
        pk__in=held.values("pk")
    )
    people = list(gone.values_list("subject", flat=True))
    Interest.including_restricted.filter(subject__in=people).delete()
    gone.filter(subject__in=people).delete()
    return len(people)
