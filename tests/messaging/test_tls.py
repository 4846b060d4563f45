"""Mail between us and the server travels under TLS (STARTTLS), or not at all."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from ssl import PROTOCOL_TLS_SERVER, SSLContext
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

from clairevoie import messaging
from clairevoie.messaging.models import Message, State
from tests.cast import NOW, Person
from tests.messaging.readers import readers, start

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Received:
    """How each mail came: the version of TLS, or nothing."""

    under: list[str | None] = field(default_factory=list)

    async def handle_DATA(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.under.append(session.ssl["cipher"][1] if session.ssl else None)
        return "250 OK"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A throw-away certificate of 127.0.0.1, with its key, signed by itself."""
    key, now = generate_private_key(SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([here]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return path


def served(received: Received, settings: Any, **how: Any) -> Controller:
    """A server of ours, which the settings name and ask TLS of."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(received, hostname="127.0.0.1", port=port, **how)
    controller.start()
    settings.EMAIL_URL = f"smtp+tls://127.0.0.1:{port}"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", port, True
    return controller


@pytest.fixture
def under_tls(certificate: Path, settings: Any) -> Iterator[Received]:
    """A server that takes no mail before STARTTLS."""
    context, received = SSLContext(PROTOCOL_TLS_SERVER), Received()
    context.load_cert_chain(certificate)
    server = served(received, settings, tls_context=context, require_starttls=True)
    yield received
    server.stop()


def written_to(person: Person) -> Message:
    messaging.send(
        person.subject, "note", "service-notices", context={"title": "T", "words": "M"}, at=NOW
    )
    return Message.including_restricted.get(subject=person.subject)


def test_a_message_leaves_under_tls(
    alice: Person, under_tls: Received, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    message = written_to(alice)

    assert message.state == State.SENT
    assert under_tls.under == ["TLSv1.3"]


def test_a_mailing_and_its_witness_do_too(
    under_tls: Received, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    readers(3)
    mailing = start()

    messaging.run_mailing(mailing, clock=lambda: NOW)

    assert messaging.mailing_progress(mailing).sent == 3
    assert under_tls.under == ["TLSv1.3"] * 3


def test_a_server_that_cannot_prove_who_it_is_gets_nothing(
    alice: Person, under_tls: Received
) -> None:
    message = written_to(alice)

    assert (message.state, message.last_error) == (State.QUEUED, "SSLCertVerificationError")
    assert under_tls.under == []


def test_a_server_without_tls_gets_nothing_in_the_clear(alice: Person, settings: Any) -> None:
    received = Received()
    server = served(received, settings)
    try:
        message = written_to(alice)
    finally:
        server.stop()

    assert (message.state, message.last_error) == (State.QUEUED, "SMTPNotSupportedError")
    assert received.under == []
