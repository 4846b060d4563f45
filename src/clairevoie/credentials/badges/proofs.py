"""The proof a badge carries: W3C Data Integrity 1.0, cryptosuite ``eddsa-rdfc-2022``.

Ed25519 over the SHA-256 of the proof's own options and of the document, both as canonical RDF
(vc-di-eddsa § 3.2). Unlike a receipt of consent (``eddsa-jcs-2022``) the JSON may be spaced or
ordered otherwise and still verify; what it says may not change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from clairevoie.credentials.badges.linked import Document, NotLinkedData, canonical
from clairevoie.lib import multibase

SUITE: Final = "eddsa-rdfc-2022"
_EXPECTED: Final = {
    "type": "DataIntegrityProof",
    "cryptosuite": SUITE,
    "proofPurpose": "assertionMethod",
}
_OURS: Final = {"created", "verificationMethod"}


class NotGenuine(Exception):
    """Ce fichier n’est pas un badge que nous avons signé, ou il a été modifié."""


def instant(at: datetime) -> str:
    """As W3C documents write it: « 2026-11-23T10:00:00Z »."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def options(*, method: str, at: datetime) -> Document:
    """What a proof says of itself; ``method`` is the address of the public key."""
    return {**_EXPECTED, "created": instant(at), "verificationMethod": method}


def sign(
    document: Mapping[str, Any], said: Mapping[str, Any], private: Ed25519PrivateKey
) -> Document:
    """``document`` with its proof."""
    signature = private.sign(_what_is_signed(document, said))
    return {**document, "proof": {**said, "proofValue": multibase.base58(signature)}}


def verify(signed: Mapping[str, Any], public: Ed25519PublicKey) -> None:
    """Raises :class:`NotGenuine` whatever was altered."""
    document, proof = unproved(signed)
    said = {name: value for name, value in proof.items() if name != "proofValue"}
    if {**said, **_EXPECTED} != said or said.keys() != _EXPECTED.keys() | _OURS:
        raise NotGenuine
    try:
        signature = multibase.from_base58(proof["proofValue"], 64)
        public.verify(signature, _what_is_signed(document, said))
    except (KeyError, TypeError, ValueError, NotLinkedData, InvalidSignature) as error:
        raise NotGenuine from error


def unproved(signed: Mapping[str, Any]) -> tuple[Document, Document]:
    """A document and its only proof. Raises :class:`NotGenuine`."""
    proof = signed.get("proof")
    if not isinstance(proof, dict):
        raise NotGenuine
    return {name: value for name, value in signed.items() if name != "proof"}, {**proof}


def _what_is_signed(document: Mapping[str, Any], said: Mapping[str, Any]) -> bytes:
    context = {"@context": document.get("@context")}
    parts = ({**said, **context}, document)
    return b"".join(hashlib.sha256(canonical(part)).digest() for part in parts)
