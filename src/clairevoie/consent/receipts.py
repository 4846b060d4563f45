"""Receipts: what a person agreed to, in a file of theirs that anybody can check.

A consent receipt of ISO/IEC TS 27560:2023 in JSON-LD, its fields written with the W3C Data
Privacy Vocabulary as the community group's implementation guide does (``dpv-27560``). It tells
the words, the facts and the acts as they were; it names the person by their public number only.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.conf import settings

from clairevoie import policy, privacy
from clairevoie.consent.signing import Document, sign, written
from clairevoie.lib.calendar import last_lawful_day, paris_date
from clairevoie.privacy import proofs
from clairevoie.privacy.models import Consent, ConsentProof, ConsentText

__all__ = ["Standing", "file_of", "number_of", "receipt_of", "sign", "standing_of", "written"]

_ENTITY = {"@type": "@id"}
_INSTANT = {"@type": "xsd:dateTime"}
CONTEXT: list[str | dict[str, Any]] = [
    "https://w3id.org/security/data-integrity/v2",
    {
        "dct": "http://purl.org/dc/terms/",
        "dpv": "https://w3id.org/dpv#",
        "dpv-27560": "https://w3id.org/dpv/schema/dpv-27560#",
        "eu-gdpr": "https://w3id.org/dpv/legal/eu/gdpr#",
        "loc": "https://w3id.org/dpv/loc#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "schema": "https://schema.org/",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "dct:conformsTo": {"@type": "@id"},
        "dct:created": _INSTANT,
        "dct:creator": _ENTITY,
        "dpv:hasAuthority": _ENTITY,
        "dpv:hasDataController": _ENTITY,
        "dpv:hasEntity": {"@container": "@id"},
        "dpv:hasJurisdiction": {"@type": "@id"},
        "dpv:hasLegalBasis": {"@type": "@id"},
        "dpv:hasLocation": {"@type": "@id"},
        "dpv:hasProcessing": {"@type": "@id"},
        "dpv:hasRecipient": _ENTITY,
        "dpv:hasRight": {"@type": "@id"},
        "dpv:isIndicatedAtTime": _INSTANT,
        "dpv:isIndicatedBy": _ENTITY,
        "skos:broader": {"@type": "@id"},
    },
]
CONTROLLER, PERSON, PARENT, AUTHORITY = (
    f"urn:clairevoie:{name}" for name in ("controller", "person", "parent", "authority")
)
BY_PARENT = "+parent"  # how a source ends when a parent confirmed a child's word (F-39)
RIGHTS = tuple(f"eu-gdpr:A{article}" for article in ("7-3", "15", "16", "17", "18", "20", "77"))
CNIL = {
    "@type": ["dpv:DataProtectionAuthority"],
    "dpv:hasName": "CNIL",
    "dpv:hasAddress": "3 place de Fontenoy, TSA 80715, 75334 Paris cedex 07",
    "dpv:hasContact": "https://www.cnil.fr/plaintes",
}


def file_of(consent: Consent, *, at: datetime) -> bytes:
    """The signed receipt of a given consent, as the person keeps it."""
    return written(sign(receipt_of(consent), at=at))


def number_of(consent: Consent) -> uuid.UUID:
    """The number of a record: the same each time, and no key of the database."""
    return _number(consent.pk, consent.at)


def _number(record: int, at: datetime) -> uuid.UUID:
    instant = at.astimezone(UTC).isoformat()
    return uuid.uuid5(uuid.NAMESPACE_OID, f"clairevoie:{record}:{instant}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What this instance still knows of the consent behind a receipt."""

    given_at: datetime
    withdrawn_at: datetime | None
    ended_on: date | None  # None: it is in force
    kept_until: date | None  # the last day of the proof; None: as long as the person is known


def standing_of(receipt: Document) -> Standing | None:
    """The very record that a genuine receipt tells of; None once nothing of it is kept.

    Looked for among the people we know, then among the proofs of those who were erased. A record
    whose words are not the receipt's is not the one.
    """
    try:
        number = uuid.UUID(receipt["dpv:hasIdentifier"])
        person = uuid.UUID(receipt["dpv:hasDataSubject"]["dpv:hasIdentifier"])
        activity = str(receipt["dpv:hasProcess"][0]["dpv:hasIdentifier"])
        text_hash = str(receipt["dpv:hasNotice"][0]["schema:sha256"])
        second = datetime.fromisoformat(receipt["dct:created"])
    except (KeyError, IndexError, TypeError, ValueError):
        return None
    given = _still_known(number, person, activity)
    if given is not None and given.text_hash == text_hash:
        return _standing_of(given)
    found_there = ConsentProof.objects.filter(
        given_at__range=(second, second + timedelta(seconds=1)), text_hash=text_hash
    )
    mine = (proof for proof in found_there if _number(proof.record, proof.given_at) == number)
    found = next(mine, None)
    return _kept(found) if found is not None else None


def _still_known(number: uuid.UUID, person: uuid.UUID, activity: str) -> Consent | None:
    subject = privacy.numbered(person)
    if subject is None:
        return None
    acts = Consent.including_restricted.filter(subject=subject, activity=activity, given=True)
    return next((act for act in acts if number_of(act) == number), None)


def _standing_of(given: Consent) -> Standing:
    later = Consent.including_restricted.filter(
        subject=given.subject_id, activity=given.activity, id__gt=given.pk
    )
    after = later.order_by("id").first()
    return Standing(
        given_at=given.at,
        withdrawn_at=after.at if after is not None and not after.given else None,
        ended_on=paris_date(after.at) if after is not None else None,
        kept_until=None,
    )


def _kept(proof: ConsentProof) -> Standing:
    duration = policy.current().retention[proofs.RULE].duration
    assert duration is not None
    return Standing(
        given_at=proof.given_at,
        withdrawn_at=proof.withdrawn_at,
        ended_on=proof.ended_on,
        kept_until=last_lawful_day(proof.ended_on, duration),
    )


def receipt_of(consent: Consent) -> Document:
    """The receipt, not yet signed: the consent, and its withdrawal once there is one.

    Raises ``ValueError`` for a withdrawal, or a consent older than the texts.
    """
    text = consent.wording
    if text is None or not consent.given:
        raise ValueError("a receipt is that of a consent given to a text that was kept")
    return {
        "@context": CONTEXT,
        "@id": f"urn:uuid:{number_of(consent)}",
        "@type": ["dpv:ConsentReceipt"],
        "dct:conformsTo": "dpv-27560:receipt-eu-gdpr",
        "dct:source": "ISO/IEC TS 27560:2023",
        "dpv:hasIdentifier": str(number_of(consent)),
        "dpv:hasDataSubject": {
            "@type": ["dpv:DataSubject"],
            "dpv:hasIdentifier": str(consent.subject.uuid),
        },
        "dct:created": _instant(consent.at),
        "dct:creator": CONTROLLER,
        "dct:language": text.language,
        "dpv:hasNotice": list(_notices(text)),
        "dpv:hasProcess": [_process(consent, text)],
        "dpv:hasEntity": dict(_entities(consent, text.facts)),
    }


def _notices(text: ConsentText) -> Iterator[Document]:
    """The words agreed to, and the notice in force behind them."""
    yield {
        "@type": ["dpv:ConsentNotice"],
        "dpv:hasIdentifier": f"{text.activity}/{text.language}/{text.number}",
        "dct:description": text.text,
        "schema:sha256": text.text_hash,
        "dct:created": _instant(text.published_at),
    }
    published = {version.number: version.sha256 for version in policy.current().versions}
    yield {
        "@type": ["dpv:PrivacyNotice"],
        "dpv:hasIdentifier": str(text.policy_version),
        "schema:url": _address(f"/confidentialite/v{text.policy_version}/"),
        "schema:sha256": published.get(text.policy_version, ""),
        "dct:hasVersion": text.policy_hash,
    }


def _process(consent: Consent, text: ConsentText) -> Document:
    facts = text.facts
    return {
        "@type": ["dpv:Process"],
        "dpv:hasIdentifier": consent.activity,
        "dpv:hasPurpose": [_purpose(consent.activity, purpose) for purpose in facts["purposes"]],
        "dpv:hasLegalBasis": ["eu-gdpr:A6-1-a"],
        "dpv:hasPersonalData": [_data(said, facts) for said in facts["data"]],
        "dpv:hasProcessing": ["dpv:Collect", "dpv:Store", "dpv:Use"],
        "dpv:hasDataSource": [{"@type": ["dpv:DataSubjectDataSource"]}],
        "dpv:hasDataController": [CONTROLLER],
        "dpv:hasRecipient": [_entity(recipient["code"]) for recipient in facts["recipients"]],
        "dpv:hasStorageCondition": [
            {"@type": ["dpv:StorageLocation"], "dpv:hasLocation": _places(facts)},
            *(_storage(rule) for rule in facts["retention"]),
        ],
        "dpv:hasProcessingCondition": [
            {"@type": ["dpv:ProcessingLocation"], "dpv:hasLocation": _places(facts)}
        ],
        "dpv:hasJurisdiction": ["loc:FR", "loc:EU"],
        "dpv:hasRight": list(RIGHTS),
        "dpv:hasConsentControl": [
            {
                "@type": ["dpv:WithdrawConsent"],
                "schema:url": _address("/mon-compte/consentements/"),
            }
        ],
        "dpv:hasAuthority": AUTHORITY,
        "schema:sha256": text.fingerprint,
        "dpv:hasConsentStatus": [_event(act) for act in _acts(consent)],
    }


def _acts(consent: Consent) -> Iterator[Consent]:
    """Giving, then withdrawing; what the person did of it later has its own receipt."""
    yield consent
    later = Consent.including_restricted.filter(
        subject=consent.subject_id, activity=consent.activity, id__gt=consent.pk
    )
    following = later.order_by("id").first()
    if following is not None and not following.given:
        yield following


def _event(act: Consent) -> Document:
    status = "dpv:ConsentGiven" if act.given else "dpv:ConsentWithdrawn"
    return {
        "@type": [status, "dpv:ExplicitlyExpressedConsent"],
        "dpv:isIndicatedAtTime": _instant(act.at),
        "dpv:isIndicatedBy": [PERSON, PARENT] if act.source.endswith(BY_PARENT) else [PERSON],
        "dpv:isExercisedAt": act.source,
    }


def _purpose(activity: str, purpose: str) -> Document:
    entry = policy.current().activities.get(activity)
    prospecting = entry is not None and entry.prospecting
    return {
        "@type": ["dpv:Purpose"],
        "skos:broader": "dpv:DirectMarketing" if prospecting else "dpv:Purpose",
        "skos:prefLabel": purpose,
    }


def _data(said: str, facts: Mapping[str, Any]) -> Document:
    kind = "dpv:SensitivePersonalData" if facts["sensitive"] else "dpv:PersonalData"
    return {"@type": [kind], "skos:prefLabel": said}


def _storage(rule: Mapping[str, str]) -> Document:
    """A duration from a beginning, or until an event where the rule knows no number."""
    duration = (
        {"@type": ["dpv:TemporalDuration"], "rdf:value": rule["for"]}
        if rule["for"]
        else {"@type": ["dpv:UntilEventDuration"], "rdf:value": rule["from"]}
    )
    return {
        "@type": ["dpv:StorageDuration"],
        "skos:prefLabel": rule["title"],
        "dct:description": rule["from"],
        "dpv:hasDuration": duration,
    }


def _entities(consent: Consent, facts: Mapping[str, Any]) -> Iterator[tuple[str, Document]]:
    """Who is who, each under the name the fields above call them by."""
    who = policy.current().organisation
    yield (
        CONTROLLER,
        {
            "@type": ["dpv:DataController"],
            "dpv:hasName": facts["controller"],
            "dpv:hasAddress": f"{who.street}, {who.postcode} {who.town}",
            "dpv:hasContact": sorted(
                {f"mailto:{m}" for m in (who.contact_email, who.officer.email)}
            ),
        },
    )
    yield PERSON, {"@type": ["dpv:DataSubject"]}
    if any(act.source.endswith(BY_PARENT) for act in _acts(consent)):
        yield PARENT, {"@type": ["dpv:ParentOfDataSubject"]}
    yield AUTHORITY, CNIL
    for recipient in facts["recipients"]:
        yield (
            _entity(recipient["code"]),
            {
                "@type": ["dpv:Recipient", _ROLE[recipient["role"]]],
                "dpv:hasName": recipient["name"],
                "dpv:hasLocation": [f"loc:{country}" for country in recipient["countries"]],
            },
        )


_ROLE = {
    "processor": "dpv:DataProcessor",
    "joint-controller": "dpv:JointDataControllers",
    "independent-controller": "dpv:ThirdParty",
}


def _entity(code: str) -> str:
    return f"urn:clairevoie:recipient:{code}"


def _places(facts: Mapping[str, Any]) -> list[str]:
    return [f"loc:{country}" for country in facts["countries"]]


def _address(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
