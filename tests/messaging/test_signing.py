"""Mail leaves signed when a key is configured, and an independent verifier believes it."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from clairevoie import messaging
from clairevoie.messaging import checks
from tests.cast import NOW, Person

pytestmark = pytest.mark.django_db(transaction=True)
NOTE = {
    "title": "Été : une nouvelle bien longue qui ne tient pas sur une ligne",
    "words": "À lire.",
}


def key_file(folder: Path, key: Any) -> str:
    file = folder / "dkim.pem"
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(file)


def ed25519(folder: Path) -> tuple[str, bytes]:
    key = Ed25519PrivateKey.generate()
    raw = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return key_file(folder, key), b"v=DKIM1; k=ed25519; p=" + b64encode(raw)


def rsa(folder: Path) -> tuple[str, bytes]:
    key = generate_private_key(public_exponent=65537, key_size=2048)
    spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return key_file(folder, key), b"v=DKIM1; k=rsa; p=" + b64encode(spki)


@pytest.fixture(params=[ed25519, rsa], ids=["ed25519", "rsa"])
def record(request: Any, tmp_path: Path, settings: Any) -> bytes:
    """What the domain publishes about the key that the settings name."""
    file, published = request.param(tmp_path)
    settings.CLAIREVOIE_DKIM_KEY = file
    settings.CLAIREVOIE_DKIM_SELECTOR = "lettre"
    settings.CLAIREVOIE_DKIM_DOMAIN = "exemple.fr"
    assert isinstance(published, bytes)
    return published


def verified(mail: bytes, record: bytes) -> bool:
    def zone(name: bytes, timeout: int = 5) -> bytes | None:
        return record if name.startswith(b"lettre._domainkey.exemple.fr") else None

    return bool(dkim.verify(mail, dnsfunc=zone))


def the_mail(folder: Path) -> bytes:
    (file,) = folder.glob("*.eml")
    return file.read_bytes()


def test_an_independent_verifier_believes_our_signature(
    alice: Person, folder: Path, record: bytes
) -> None:
    messaging.send(alice.subject, "note", "information", context=NOTE, at=NOW)

    mail = the_mail(folder)
    assert verified(mail, record)
    signature = mail.partition(b"bh=")[0].lower()
    for name in (b"from", b"subject", b"list-unsubscribe", b"list-unsubscribe-post"):
        assert name in signature


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"List-Unsubscribe: <http", b"List-Unsubscribe: <ftp"), (b"=C3=80 lire", b"=C3=80 fuir")],
)
def test_a_link_or_a_word_changed_on_the_way_breaks_it(
    alice: Person, folder: Path, record: bytes, before: bytes, after: bytes
) -> None:
    messaging.send(alice.subject, "note", "information", context=NOTE, at=NOW)

    mail = the_mail(folder)
    assert before in mail
    assert not verified(mail.replace(before, after), record)


def test_without_a_key_nothing_is_signed(alice: Person, folder: Path) -> None:
    messaging.send(alice.subject, "note", "information", context=NOTE, at=NOW)

    assert b"DKIM-Signature" not in the_mail(folder)


def test_half_a_configuration_is_refused_at_start(record: bytes, settings: Any) -> None:
    settings.CLAIREVOIE_DKIM_SELECTOR = ""

    (error,) = checks.signatures_can_be_made(None)

    assert error.id == "messaging.E003"
    assert "CLAIREVOIE_DKIM_SELECTOR" in error.msg


def test_a_key_that_cannot_sign_is_refused_at_start(
    record: bytes, settings: Any, tmp_path: Path
) -> None:
    settings.CLAIREVOIE_DKIM_KEY = key_file(tmp_path, ec.generate_private_key(ec.SECP256R1()))

    (error,) = checks.signatures_can_be_made(None)

    assert error.id == "messaging.E004"


def test_a_whole_configuration_passes(record: bytes) -> None:
    assert checks.signatures_can_be_made(None) == []
