"""The only door by which a person's data leaves to somebody else. Closed unless written open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.privacy import ledger
from clairevoie.privacy.models import DataSubject, Disclosure


class DisclosureRefused(Exception):
    """Ces données ne peuvent pas être transmises : ce destinataire n’est pas prévu."""


def disclose(
    subject: DataSubject, *, recipient: str, activity: str, fields: Iterable[str], on: date
) -> Disclosure:
    """Record that ``fields`` of one person go to ``recipient``, before they go (P-063, P-067).

    Default deny. Raises :class:`DisclosureRefused` when the recipient is unknown or inactive,
    when the activity does not list it, or when no field is named: «everything» is no field.
    """
    names = sorted(set(fields))
    _refuse_unless_foreseen(recipient, activity, names)
    with transaction.atomic():
        disclosure: Disclosure = Disclosure.including_restricted.create(
            subject=subject,
            recipient=recipient,
            activity=activity,
            fields=",".join(names),
            disclosed_on=on,
        )
        ledger.append(
            executor="recipients.disclose",
            at=calendar.now(),
            subject=subject.uuid,
            facts={"recipient": recipient, "activity": activity, "fields": names, "on": on},
        )
    return disclosure


def _refuse_unless_foreseen(recipient: str, activity: str, fields: list[str]) -> None:
    rules = policy.current()
    known, processing = rules.recipients.get(recipient), rules.activities.get(activity)
    if known is None:
        raise DisclosureRefused(f"recipients.toml does not know « {recipient} »")
    if not known.active:
        raise DisclosureRefused(f"« {recipient} » is not active in recipients.toml")
    if processing is None or recipient not in processing.recipients:
        raise DisclosureRefused(f"« {activity} » does not list « {recipient} » as a recipient")
    if not fields:
        raise DisclosureRefused("name the fields that go out")
