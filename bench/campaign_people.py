"""The people of the campaign: five in six may be written to, for six different reasons not to."""

from __future__ import annotations

from datetime import date

from django.db import connection

from clairevoie import messaging, policy, privacy
from clairevoie.lib import calendar
from clairevoie.privacy.models import ContactPoint, DataSubject, Objection

ON = date(2026, 11, 22)
AT = calendar.paris_midnight(ON)
CHUNK = 6_000


def subscribe(count: int) -> None:
    """``count`` people with a consent; one in six may not, or cannot, be written to."""
    text = policy.current().activities["newsletter"].consent["fr"]
    digest = policy.current().digest
    for low in range(0, count, CHUNK):
        size = min(CHUNK, count - low)
        people = DataSubject.objects.bulk_create(DataSubject(last_use=ON) for _ in range(size))
        barred = people[5::6]
        unproved, suppressed = set(barred[3::4]), barred[2::4]
        ContactPoint.objects.bulk_create(
            ContactPoint(
                subject=person,
                kind="email",
                raw=f"p{person.pk}@exemple.test",
                normalised=f"p{person.pk}@exemple.test",
                verified_on=None if person in unproved else ON,
            )
            for person in people
        )
        privacy.give_consents(
            people, activity="newsletter", text=text, source="bench", at=AT, recorded_at=AT
        )
        Objection.including_restricted.bulk_create(
            _objection(person, digest) for person in barred[0::4]
        )
        DataSubject.objects.filter(pk__in=[p.pk for p in barred[1::4]]).update(restricted=True)
        messaging.suppress_many(
            [("email", f"p{person.pk}@exemple.test") for person in suppressed],
            purpose="newsletter",
            because="import",
            at=AT,
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as any database does by itself within a minute of an import


def _objection(person: DataSubject, policy_hash: str) -> Objection:
    return Objection(
        subject=person,
        activity="newsletter",
        at=AT,
        source="bench",
        policy_hash=policy_hash,
        raised=True,
    )


def enqueue() -> str:
    """A letter of an ordinary length to everybody."""
    paragraph = "Ce mois-ci, deux parcours s’ouvrent et un troisième change de formule. " * 4
    mailing = messaging.start_mailing(
        activity="newsletter",
        title="La lettre de novembre",
        text="\n\n".join([paragraph] * 10),
        recipients=DataSubject.objects.all(),
        at=calendar.now(),
    )
    return str(mailing.uuid)
