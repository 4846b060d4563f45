"""The badge of a credential: written and signed once, when the credential is sealed.

In French, as the certificate is: it is the organisation's word. Its holder is named as on the
certificate, and by nothing else: no address, no number of an account (docs/decisions/0072).
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

from django.conf import settings
from django.urls import reverse

from clairevoie import policy
from clairevoie.credentials.badges import keys, proofs, status
from clairevoie.credentials.badges.linked import CREDENTIALS, OPEN_BADGES
from clairevoie.credentials.badges.models import BadgePlace
from clairevoie.credentials.models import Credential, Kind
from clairevoie.lib import calendar

# Types of achievement that Open Badges 3.0 knows (§ B.2).
_TYPES: Final = {
    Kind.PROJECT: "Assignment",
    Kind.CERTIFICATE: "CertificateOfCompletion",
    Kind.DIPLOMA: "Diploma",
}
_DESCRIPTIONS: Final = {
    Kind.PROJECT: "Projet validé",
    Kind.CERTIFICATE: "Parcours terminé",
    Kind.DIPLOMA: "Diplôme",
}
_CRITERIA: Final = {
    Kind.PROJECT: "Réaliser le projet, et le faire valider sur grille par un formateur.",
    Kind.CERTIFICATE: "Terminer chaque chapitre du parcours, et faire valider chaque projet.",
    Kind.DIPLOMA: "Remplir les conditions que le règlement du diplôme énonce.",
}

Document = dict[str, Any]


def sign_badge(credential: Credential, *, at: datetime) -> None:
    """Give a record that is complete, and not written yet, its badge and its place in a list.

    Runs in the transaction that writes the record.
    """
    place = status.draw_place()
    private, public = keys.signing_key(at=at)
    said = proofs.options(method=keys.method_of(public), at=at)
    signed = proofs.sign(badge_of(credential, place, at=at), said, private)
    credential.badge = json.dumps(signed, ensure_ascii=False, separators=(",", ":"))
    credential.status_list, credential.status_place = place.list, place.place


def badge_of(credential: Credential, place: BadgePlace, *, at: datetime) -> Document:
    """An OpenBadgeCredential without its proof (Open Badges 3.0 § B.1, VC Data Model 2.0)."""
    fifty_years = policy.current().retention["certificate"].duration
    assert fifty_years is not None
    last = calendar.last_lawful_day(credential.issued_on, fifty_years)
    return {
        "@context": [CREDENTIALS, OPEN_BADGES],
        "id": address_of(credential.number),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": credential.title,
        "issuer": {
            "id": keys.issuer(),
            "type": ["Profile"],
            "name": credential.issuer,
            "url": settings.SITE_URL.rstrip("/"),
        },
        "validFrom": proofs.instant(at),
        "validUntil": _evening_of(last),
        "awardedDate": proofs.instant(datetime.combine(credential.issued_on, time(), tzinfo=UTC)),
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "identityType": "name",
                    "identityHash": credential.name,
                    "hashed": False,
                }
            ],
            "achievement": _achievement(credential),
            "result": [{"type": ["Result"], "value": credential.result}],
        },
        "credentialStatus": status.entry(place),
    }


def address_of(number: str) -> str:
    """Where the badge of a number is read, and what identifies it."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse('credentials:badge', args=[number])}"


def _achievement(credential: Credential) -> Document:
    kind = Kind(credential.kind)
    page = reverse("learning:parcours", args=[credential.parcours])
    which = "-".join(part for part in (kind, str(credential.edition), credential.part) if part)
    return {
        "id": f"{settings.SITE_URL.rstrip('/')}{page}#{which}",
        "type": ["Achievement"],
        "achievementType": _TYPES[kind],
        "name": credential.title,
        "description": f"{_DESCRIPTIONS[kind]}\u00a0: {credential.title}.",
        "criteria": {"narrative": _CRITERIA[kind]},
        "inLanguage": "fr",
    }


def _evening_of(day: date) -> str:
    """The last second of a day in Paris."""
    midnight = calendar.paris_midnight(day + timedelta(days=1))
    return proofs.instant(midnight - timedelta(seconds=1))
