"""Signing what people take away, so that anybody can check it without us.

W3C Data Integrity 1.0 with the cryptosuite ``eddsa-jcs-2022``: Ed25519 over the SHA-256 of the
proof's own options and of the document, both as RFC 8785 writes them. The file is the canonical
form itself: not one byte of it may change. Public keys, past ones included, stand at
``/.well-known/clairevoie-keys.json``.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from clairevoie.consent.models import ReceiptKey
from clairevoie.lib import multibase
from clairevoie.lib.canonical import NotCanonical, canonical, read_canonical

SUITE = "eddsa-jcs-2022"
WHERE = "/.well-known/clairevoie-keys.json"

Document = dict[str, Any]


class NotGenuine(Exception):
    """Ce fichier n’est pas un reçu que nous avons signé, ou il a été modifié."""


class UnknownKey(NotGenuine):
    """Ce reçu porte la signature d’une clé qui n’est pas de celles publiées."""


class KeyElsewhere(Exception):
    """La clé ne vient pas du dossier de l’instance : changez CLAIREVOIE_RECEIPT, puis relancez."""


@dataclass(frozen=True, slots=True)
class Key:
    """A public key: ``x`` is what a JSON Web Key calls so."""

    thumbprint: str
    x: str

    @property
    def jwk(self) -> dict[str, str]:
        """RFC 7517, RFC 8037."""
        return {
            **_bare(self.x),
            "kid": self.thumbprint,
            "use": "sig",
            "alg": "EdDSA",
        }

    @property
    def multibase(self) -> str:
        """As a W3C Multikey writes it."""
        return multibase.ed25519(_unpadded(self.x))


def sign(document: Mapping[str, Any], *, at: datetime) -> Document:
    """``document`` with its proof, made with the key of this instance. Writes the public half
    down on its first use."""
    key, private = current_key(), _private(settings.RECEIPT_KEY)
    ReceiptKey.objects.get_or_create(
        thumbprint=key.thumbprint, defaults={"public": key.x, "since": at}
    )
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "verificationMethod": f"{keys_address()}#{key.thumbprint}",
        "proofPurpose": "assertionMethod",
    }
    return sign_with(document, options, private)


def sign_with(
    document: Mapping[str, Any], options: Mapping[str, Any], private: Ed25519PrivateKey
) -> Document:
    """The cryptosuite alone (vc-di-eddsa § 3.3.1)."""
    if "@context" in document:
        options = {**options, "@context": document["@context"]}
    signature = private.sign(_what_is_signed(document, options))
    return {**document, "proof": {**options, "proofValue": multibase.base58(signature)}}


def written(document: Mapping[str, Any]) -> bytes:
    """The file: canonical, hence one form only."""
    return canonical(document)


def verify(data: bytes, keys: Iterable[Key]) -> Document:
    """The document of a file signed by one of ``keys``, without its proof.

    Raises :class:`NotGenuine` whatever was altered, :class:`UnknownKey`.
    """
    try:
        document = read_canonical(data)
    except NotCanonical as error:
        raise NotGenuine from error
    if not isinstance(document, dict) or not isinstance(document.get("proof"), dict):
        raise NotGenuine
    proof = document.pop("proof")
    verify_with(document, proof, _signer(proof, keys))
    return document


def verify_with(
    document: Mapping[str, Any], proof: Mapping[str, Any], public: Ed25519PublicKey
) -> None:
    """The cryptosuite alone (vc-di-eddsa § 3.3.2). Raises :class:`NotGenuine`."""
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    expected = ("DataIntegrityProof", SUITE, "assertionMethod")
    if tuple(options.get(n) for n in ("type", "cryptosuite", "proofPurpose")) != expected:
        raise NotGenuine
    if options.get("@context") != document.get("@context"):
        raise NotGenuine
    try:
        signature = multibase.from_base58(proof["proofValue"], 64)
        public.verify(signature, _what_is_signed(document, options))
    except (KeyError, TypeError, ValueError, InvalidSignature) as error:
        raise NotGenuine from error


def retire_key(*, at: datetime) -> Path:
    """Put the private key aside: the next start makes another. The public half stays published.

    Returns where it was put. Raises :class:`KeyElsewhere`.
    """
    kept = Path(settings.HOME) / "receipt.key"
    if not kept.exists() or kept.read_text() != settings.RECEIPT_KEY:
        raise KeyElsewhere
    key = current_key()
    ReceiptKey.objects.get_or_create(
        thumbprint=key.thumbprint, defaults={"public": key.x, "since": at}
    )
    aside = kept.with_name(f"receipt-{key.thumbprint[:8]}.key")
    kept.rename(aside)
    return aside


def current_key() -> Key:
    """The public half of the key this instance signs with."""
    return _public_of(settings.RECEIPT_KEY)


def published_keys() -> list[Key]:
    """The present key and every past one: one query."""
    past = [Key(row.thumbprint, row.public) for row in ReceiptKey.objects.all()]
    present = current_key()
    return [present, *(key for key in past if key != present)]


def keys_read(text: str) -> list[Key]:
    """Keys of a JWK set somebody downloaded. Raises ``ValueError``."""
    found = json.loads(text)
    if not isinstance(found, dict) or not isinstance(found.get("keys"), list):
        raise ValueError("this is no JWK set")
    keys = [jwk for jwk in found["keys"] if isinstance(jwk, dict) and jwk.get("crv") == "Ed25519"]
    return [Key(thumbprint_of(str(jwk["x"])), str(jwk["x"])) for jwk in keys]


def keys_address() -> str:
    """Where anybody reads the public keys."""
    return f"{settings.SITE_URL.rstrip('/')}{WHERE}"


def keys_document() -> Document:
    """A JWK set (RFC 7517) that is a W3C controlled identifier document too."""
    keys, here = published_keys(), keys_address()
    names = [f"{here}#{key.thumbprint}" for key in keys]
    return {
        "@context": "https://www.w3.org/ns/cid/v1",
        "id": here,
        "verificationMethod": [
            {"id": name, "type": "Multikey", "controller": here, "publicKeyMultibase": k.multibase}
            for name, k in zip(names, keys, strict=True)
        ],
        "assertionMethod": names,
        "keys": [key.jwk for key in keys],
    }


def thumbprint_of(x: str) -> str:
    """RFC 7638: what names a key, whoever computes it."""
    return _base64url(hashlib.sha256(canonical(_bare(x))).digest())


def private_key(seed: bytes) -> Ed25519PrivateKey:
    """From its 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed)


@lru_cache(maxsize=4)
def _private(secret: str) -> Ed25519PrivateKey:
    """The instance's secret is a text; 32 bytes are drawn from it for this use alone."""
    drawn = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"clairevoie receipts")
    return private_key(drawn.derive(secret.encode()))


@lru_cache(maxsize=4)
def _public_of(secret: str) -> Key:
    x = _base64url(_private(secret).public_key().public_bytes_raw())
    return Key(thumbprint_of(x), x)


def _signer(proof: Mapping[str, Any], keys: Iterable[Key]) -> Ed25519PublicKey:
    thumbprint = str(proof.get("verificationMethod", "")).rpartition("#")[2]
    for key in keys:
        if key.thumbprint == thumbprint:
            return Ed25519PublicKey.from_public_bytes(_unpadded(key.x))
    raise UnknownKey


def _what_is_signed(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    return b"".join(hashlib.sha256(canonical(dict(part))).digest() for part in (options, document))


def _bare(x: str) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": x}


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
