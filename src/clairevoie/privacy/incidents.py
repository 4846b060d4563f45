"""Breaches and suspicions of breach: opened by anyone, on a clock of 72 real hours (art. 33).

The register (art. 33(5), promises.md F.4) fills up as one learns: a report, its confirmation,
what is found out, who was told, and what was learnt. Each step is an action here, and leaves a
ledger line that names the incident and its author by UUID alone.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.privacy import ledger
from clairevoie.privacy.models import DataSubject, Incident

LONGEST_REPORT = 5_000
MOST = 2_000_000_000  # more than there are people: a slip of the finger


class ReportRefused(ValueError):
    """Décrivez en quelques mots ce que vous avez constaté (5 000 caractères au plus)."""

    field: ClassVar = "description"


class IncidentClosed(Exception):
    """Cet incident est clos : il ne change plus."""


class RegisterRefused(ValueError):
    """Le registre ne peut pas recevoir cette valeur."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class StillToCome(RegisterRefused):
    """Cette date est à venir : le registre ne dit que ce qui a eu lieu."""


class TooEarly(RegisterRefused):
    """Cette date précède le début de l’incident ou sa confirmation : vérifiez-la."""


class ImpossibleNumber(RegisterRefused):
    """Indiquez un nombre entre 0 et deux milliards, même approximatif."""


class TextTooLong(RegisterRefused):
    """Ce texte dépasse 5 000 caractères : résumez-le."""


class UnknownRecipient(RegisterRefused):
    """Ce sous-traitant n’est pas au registre des destinataires."""


class LateWithoutReason(RegisterRefused):
    """La CNIL a été prévenue après 72 heures : dites pourquoi (RGPD, art. 33, 1)."""


class NothingSaid(RegisterRefused):
    """Écrivez ce qu’il faut inscrire au registre."""


class RiskNotAssessed(RegisterRefused):
    """Évaluez le risque avant de clore."""


class NoLessons(RegisterRefused):
    """Dites ce que vous en retenez et ce qui a été décidé avant de clore."""


class AuthorityNotTold(RegisterRefused):
    """Ce risque impose de prévenir la CNIL : inscrivez d’abord cette notification."""


class AlreadyTold(RegisterRefused):
    """Les personnes sont déjà informées : il n’y a pas lieu de s’en dispenser."""


class PersonsNotTold(RegisterRefused):
    """Un risque élevé impose d’informer les personnes : inscrivez-le d’abord, ou la dispense."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What is known of a breach so far; the whole of it, because each entry replaces the last."""

    occurred_on: date | None = None
    nature: str = Incident.Nature.CONFIDENTIALITY
    cause: str = ""
    persons_count: int | None = None
    records_count: int | None = None
    data_categories: str = ""
    consequences: str = ""
    risk: str = Incident.Risk.UNKNOWN
    risk_reasoning: str = ""
    measures: str = ""
    processor: str = ""  # a code of recipients.toml
    processor_told_at: datetime | None = None

    @classmethod
    def of(cls, incident: Incident) -> Findings:
        """What the register says now."""
        return cls(**{name: getattr(incident, name) for name in cls.__dataclass_fields__})


def report_unauthorised_use(
    *, subject: DataSubject | None, contact: str, description: str, at: datetime
) -> Incident:
    """Open an incident from a report; no account is needed (P-083, F.4).

    The caller ends the person's sessions; the 72 hours run from :func:`confirm_compromise`.
    Raises :class:`ReportRefused` when the description is empty or too long.
    """
    return _opened(subject=subject, contact=contact, description=description, at=at)


def record_incident(
    *, description: str, detected_at: datetime, author: UUID, at: datetime
) -> Incident:
    """Open an incident that nobody reported: found in a log, told by a processor (art. 33(5)).

    Raises :class:`ReportRefused`, :class:`StillToCome`.
    """
    _past(at, detected_at=detected_at)
    return _opened(
        subject=None, contact="", description=description, at=at, detected=detected_at, by=author
    )


@transaction.atomic
def _opened(
    *,
    subject: DataSubject | None,
    contact: str,
    description: str,
    at: datetime,
    detected: datetime | None = None,
    by: UUID | None = None,
) -> Incident:
    words = description.strip()
    if not words or len(words) > LONGEST_REPORT:
        raise ReportRefused
    incident = Incident.objects.create(
        subject=subject,
        reporter_contact=contact.strip()[:254],
        description=words,
        detected_at=detected or at,
    )
    if by is None:
        _note("incidents.report", incident, at=at, known=subject is not None)
    else:
        _note("incidents.open", incident, at=at, author=by)
    return incident


@transaction.atomic
def confirm_compromise(
    incident: Incident,
    *,
    nature: str,
    risk: str,
    author: UUID,
    at: datetime,
    aware_at: datetime | None = None,
) -> Incident:
    """The report is true: the controller is *aware*, the clock starts – once, never again.

    ``aware_at`` is when it was known, ``at`` unless given. Raises :class:`StillToCome`,
    :class:`TooEarly` before the report, :class:`IncidentClosed`.
    """
    found, known = _open(incident), aware_at or at
    _past(at, aware_at=known)
    _after(found.detected_at, aware_at=known)
    found.aware_at = found.aware_at or known
    found.nature, found.risk = nature, risk
    found.save()
    due = calendar.breach_deadline(found.aware_at)
    _note("incidents.confirm", found, at=at, author=author, risk=risk, due=due)
    return found


@transaction.atomic
def record_findings(
    incident: Incident, *, findings: Findings, author: UUID, at: datetime
) -> Incident:
    """Write down what is known of the breach, or correct it (art. 33(5)).

    Raises :class:`RegisterRefused` (its ``field`` says which), :class:`IncidentClosed`.
    """
    found = _open(incident)
    _plausible(findings, at=at)
    for name, value in asdict(findings).items():
        setattr(found, name, value.strip() if isinstance(value, str) else value)
    found.save()
    _note("incidents.record", found, at=at, author=author)
    return found


@transaction.atomic
def note_authority_told(
    incident: Incident,
    *,
    author: UUID,
    at: datetime,
    told_at: datetime | None = None,
    number: str = "",
    late_because: str = "",
) -> Incident:
    """The CNIL was notified (art. 33), once; what is sent later completes it.

    Raises :class:`LateWithoutReason` past 72 hours, :class:`StillToCome`, :class:`TooEarly`.
    """
    found, told = _open(incident), told_at or at
    _past(at, told_at=told)
    _after(found.aware_at, told_at=told)
    due = notification_due(found)
    if due and told > due and not late_because.strip():
        raise LateWithoutReason("late_because")
    if found.cnil_notified_at is None:
        found.cnil_notified_at = told
        found.cnil_number = number.strip()[:32]
        found.cnil_late_because = _text(late_because, "late_because")
    found.save()
    _note("incidents.notify-authority", found, at=at, author=author)
    return found


@transaction.atomic
def complete_notification(
    incident: Incident, *, sent: str, author: UUID, at: datetime, number: str = ""
) -> Incident:
    """Something more was told to the CNIL (art. 33(4)); ``number`` when it came later."""
    found, words = _open(incident), _text(sent, "sent")
    if not words:
        raise NothingSaid("sent")
    line = f"{calendar.paris_date(at).isoformat()} – {words}"
    found.cnil_follow_ups = "\n".join(filter(None, (found.cnil_follow_ups, line)))
    found.cnil_number = number.strip()[:32] or found.cnil_number
    found.save()
    _note("incidents.complete-notification", found, at=at, author=author)
    return found


@transaction.atomic
def note_persons_told(
    incident: Incident,
    *,
    author: UUID,
    at: datetime,
    told_at: datetime | None = None,
    means: str = Incident.Means.EMAIL,
    text: str = "",
) -> Incident:
    """The persons concerned were informed (art. 34), in these words, by these means."""
    found, told = _open(incident), told_at or at
    _past(at, told_at=told)
    _after(found.detected_at, told_at=told)
    if found.persons_informed_at is None:
        found.persons_informed_at, found.persons_means = told, means
        found.persons_text, found.persons_exemption = _text(text, "text"), ""
    found.save()
    _note("incidents.inform-persons", found, at=at, author=author)
    return found


@transaction.atomic
def note_exemption(
    incident: Incident, *, exemption: str, reasoning: str, author: UUID, at: datetime
) -> Incident:
    """The persons need not be told (art. 34(3)); the reasons join those of the assessment."""
    found, words = _open(incident), _text(reasoning, "reasoning")
    if not words:
        raise NothingSaid("reasoning")
    if found.persons_informed_at:
        raise AlreadyTold("exemption")
    found.persons_exemption = exemption
    found.risk_reasoning = "\n".join(filter(None, (found.risk_reasoning, words)))
    found.save()
    _note("incidents.exempt", found, at=at, author=author, exemption=exemption)
    return found


@transaction.atomic
def close_incident(
    incident: Incident, *, risk: str, measures: str, lessons: str, author: UUID, on: date
) -> Incident:
    """Nothing more to do: five years of register begin (R-INC).

    Raises :class:`RiskNotAssessed`, :class:`NoLessons`, :class:`AuthorityNotTold`,
    :class:`PersonsNotTold`, :class:`IncidentClosed`.
    """
    found = _open(incident)
    _may_close(found, risk=risk, lessons=lessons)
    found.risk, found.closed_on = risk, on
    found.measures, found.lessons = _text(measures, "measures"), _text(lessons, "lessons")
    found.save()
    _note("incidents.close", found, at=calendar.now(), author=author, risk=risk)
    return found


def notification_due(incident: Incident) -> datetime | None:
    """Until when the CNIL must be told; None while no compromise is confirmed."""
    return calendar.breach_deadline(incident.aware_at) if incident.aware_at else None


# --- What the register refuses ------------------------------------------------------------------


def _may_close(incident: Incident, *, risk: str, lessons: str) -> None:
    risky = risk in (Incident.Risk.RISK, Incident.Risk.HIGH)
    if risk == Incident.Risk.UNKNOWN:
        raise RiskNotAssessed("risk")
    if not lessons.strip():
        raise NoLessons("lessons")
    if risky and incident.cnil_notified_at is None:
        raise AuthorityNotTold("risk")
    told = incident.persons_informed_at or incident.persons_exemption
    if risk == Incident.Risk.HIGH and not told:
        raise PersonsNotTold("risk")


def _plausible(findings: Findings, *, at: datetime) -> None:
    _past(at, processor_told_at=findings.processor_told_at)
    if findings.occurred_on and findings.occurred_on > calendar.paris_date(at):
        raise StillToCome("occurred_on")
    for name in ("persons_count", "records_count"):
        count = getattr(findings, name)
        if count is not None and not 0 <= count <= MOST:
            raise ImpossibleNumber(name)
    if findings.processor and findings.processor not in policy.current().recipients:
        raise UnknownRecipient("processor")
    for name, value in asdict(findings).items():
        if isinstance(value, str):
            _text(value, name)


def _past(at: datetime, **dates: datetime | None) -> None:
    for name, value in dates.items():
        if value is not None and value > at:
            raise StillToCome(name)


def _after(start: datetime | None, **dates: datetime) -> None:
    """Not before ``start``, to the minute: forms give no seconds."""
    for name, value in dates.items():
        if start is not None and value < start.replace(second=0, microsecond=0):
            raise TooEarly(name)


def _text(words: str, field: str) -> str:
    if len(words) > LONGEST_REPORT:
        raise TextTooLong(field)
    return words.strip()


def _open(incident: Incident) -> Incident:
    found = Incident.objects.select_for_update().get(pk=incident.pk)
    if found.closed_on:
        raise IncidentClosed
    return found


def _note(executor: str, incident: Incident, *, at: datetime, **facts: object) -> None:
    ledger.append(executor=executor, at=at, facts={"incident": incident.uuid, **facts})
