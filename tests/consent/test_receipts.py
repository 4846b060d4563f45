"""Receipts: signed, checked by anybody, and broken by any change at all."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from clairevoie import consent, policy
from clairevoie.consent import receipts, signing
from clairevoie.consent.models import ReceiptKey
from clairevoie.lib import multibase
from clairevoie.lib.canonical import NotCanonical, canonical, read_canonical
from tests.cast import NOW, Person
from tests.consent.journeys import press
from tests.promises import promise

GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "verify-a-receipt.md"

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreed(alice: Person) -> Any:
    return consent.give(alice.subject, activity="testimonials", source="mon-compte", at=NOW)


# --- What a receipt says ----------------------------------------------------------------------


@promise("P-100")
def test_a_receipt_tells_the_words_the_facts_and_the_act(alice: Person, agreed: Any) -> None:
    receipt = receipts.receipt_of(agreed)

    activity = policy.current().activities["testimonials"]
    words, notice = receipt["dpv:hasNotice"]
    [process] = receipt["dpv:hasProcess"]
    assert words["dct:description"] == activity.consent["fr"]
    assert words["dpv:hasIdentifier"] == "testimonials/fr/1"
    assert notice["schema:url"].endswith("/confidentialite/v1/")
    assert [p["skos:prefLabel"] for p in process["dpv:hasPurpose"]] == list(activity.purposes)
    assert process["dpv:hasLegalBasis"] == ["eu-gdpr:A6-1-a"]
    assert receipt["dpv:hasDataSubject"]["dpv:hasIdentifier"] == str(alice.subject.uuid)
    [act] = process["dpv:hasConsentStatus"]
    assert act["@type"] == ["dpv:ConsentGiven", "dpv:ExplicitlyExpressedConsent"]
    assert act["dpv:isIndicatedAtTime"] == "2026-11-22T09:30:00Z"


def test_a_receipt_tells_the_withdrawal_too(alice: Person, agreed: Any) -> None:
    consent.withdraw(alice.subject, activity="testimonials", source="mon-compte", at=NOW)
    consent.give(alice.subject, activity="testimonials", source="mon-compte", at=NOW)

    [process] = receipts.receipt_of(agreed)["dpv:hasProcess"]

    acts = [act["@type"][0] for act in process["dpv:hasConsentStatus"]]
    assert acts == ["dpv:ConsentGiven", "dpv:ConsentWithdrawn"]


def test_every_mandatory_field_of_the_standard_is_there(agreed: Any) -> None:
    receipt = receipts.receipt_of(agreed)

    [process] = receipt["dpv:hasProcess"]
    assert {"dct:conformsTo", "dpv:hasIdentifier", "dpv:hasDataSubject", "dct:created"} <= set(
        receipt
    )
    assert {"dct:creator", "dct:language", "dpv:hasNotice", "dpv:hasEntity"} <= set(receipt)
    assert {
        "dpv:hasPurpose",
        "dpv:hasPersonalData",
        "dpv:hasProcessing",
        "dpv:hasDataController",
        "dpv:hasDataSource",
        "dpv:hasStorageCondition",
        "dpv:hasRecipient",
        "dpv:hasLegalBasis",
        "dpv:hasJurisdiction",
        "dpv:hasConsentControl",
        "dpv:hasConsentStatus",
    } <= set(process)
    named = {receipt["dct:creator"], *process["dpv:hasRecipient"]}
    assert named <= set(receipt["dpv:hasEntity"])


def test_a_receipt_names_nobody(alice: Person, agreed: Any) -> None:
    file = receipts.file_of(agreed, at=NOW).decode()

    assert not [canary for canary in alice.canaries.all if canary in file]


def test_it_tells_what_was_said_then_whatever_the_policy_says_now(
    agreed: Any, changing: Any
) -> None:
    before = receipts.receipt_of(agreed)["dpv:hasProcess"][0]["dpv:hasPurpose"]

    changing.say("testimonials", purposes='["Tout autre chose"]')

    assert receipts.receipt_of(agreed)["dpv:hasProcess"][0]["dpv:hasPurpose"] == before


# --- Signing and checking ---------------------------------------------------------------------


def test_the_signed_file_is_genuine(agreed: Any) -> None:
    file = receipts.file_of(agreed, at=NOW)

    assert signing.verify(file, signing.published_keys()) == receipts.receipt_of(agreed)


def test_any_one_byte_changed_is_found(agreed: Any) -> None:
    file, keys = receipts.file_of(agreed, at=NOW), signing.published_keys()

    for position in range(len(file)):
        for other in {b" ", bytes([file[position] ^ 1])} - {file[position : position + 1]}:
            altered = file[:position] + other + file[position + 1 :]
            with pytest.raises(signing.NotGenuine):
                signing.verify(altered, keys)


@pytest.mark.parametrize(
    "file",
    [b"", b"{}", b"[]", b"\xff", b'{"proof":1}', b'{"proof":{}}', b"1" * 5000, b"[" * 100_000],
)
def test_what_is_no_receipt_is_refused(file: bytes) -> None:
    with pytest.raises(signing.NotGenuine):
        signing.verify(file, signing.published_keys())


def test_a_receipt_signed_by_a_stranger_is_refused(agreed: Any) -> None:
    stranger = Ed25519PrivateKey.generate()
    options = signing.sign(receipts.receipt_of(agreed), at=NOW)["proof"]
    options.pop("proofValue")

    forged = signing.sign_with(receipts.receipt_of(agreed), options, stranger)

    with pytest.raises(signing.NotGenuine):
        signing.verify(signing.written(forged), signing.published_keys())


def test_a_proof_for_another_purpose_is_refused(agreed: Any) -> None:
    receipt = receipts.receipt_of(agreed)
    signed = signing.sign(receipt, at=NOW)
    options = {**signed["proof"], "proofPurpose": "authentication"}
    options.pop("proofValue")

    other = signing.sign_with(receipt, options, signing._private(_secret()))

    with pytest.raises(signing.NotGenuine):
        signing.verify(signing.written(other), signing.published_keys())


def test_a_proof_that_gives_the_words_another_meaning_is_refused(agreed: Any) -> None:
    receipt = receipts.receipt_of(agreed)
    receipt.pop("@context")
    options = signing.sign(receipt, at=NOW)["proof"] | {"@context": "https://example.org/"}
    options.pop("proofValue")

    other = signing.sign_with(receipt, options, signing._private(_secret()))

    with pytest.raises(signing.NotGenuine):
        signing.verify(signing.written(other), signing.published_keys())


def _secret() -> str:
    from django.conf import settings as instance

    return str(instance.RECEIPT_KEY)


def test_receipts_of_a_past_key_still_verify(agreed: Any, settings: Any, client: Client) -> None:
    old = receipts.file_of(agreed, at=NOW)
    former = signing.current_key()

    settings.RECEIPT_KEY = "another secret, made when the first was put aside"
    new = receipts.file_of(agreed, at=NOW)

    keys = signing.keys_read(client.get("/.well-known/clairevoie-keys.json").content.decode())
    assert keys[0] != former
    assert former in keys
    assert signing.verify(old, keys) == signing.verify(new, keys)


def test_the_database_refuses_to_lose_a_public_key(agreed: Any) -> None:
    receipts.file_of(agreed, at=NOW)

    with pytest.raises(DatabaseError), transaction.atomic():
        ReceiptKey.objects.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ReceiptKey.objects.update(public="x")


def test_the_private_key_is_in_the_instance_alone_readable_by_us(home: Path, agreed: Any) -> None:
    receipts.file_of(agreed, at=NOW)

    assert (home / "receipt.key").stat().st_mode & 0o777 == 0o600
    public = ReceiptKey.objects.get().public
    assert public not in (home / "receipt.key").read_text()


def test_the_published_keys_are_a_jwk_set_without_the_private_half(client: Client) -> None:
    answer = client.get("/.well-known/clairevoie-keys.json")

    assert answer.headers["Content-Type"] == "application/jwk-set+json"
    [key] = answer.json()["keys"]
    assert set(key) == {"kty", "crv", "x", "kid", "use", "alg"}
    assert len(base64.urlsafe_b64decode(key["x"] + "=")) == 32
    [method] = answer.json()["verificationMethod"]
    assert method["publicKeyMultibase"].startswith("z6Mk")  # Ed25519, as a W3C Multikey


# --- By the command line ------------------------------------------------------------------------


def test_the_command_says_yes_then_no(tmp_path: Path, agreed: Any) -> None:
    file = tmp_path / "recu.json"
    file.write_bytes(receipts.file_of(agreed, at=NOW))
    call_command("consent", "verify", str(file))

    file.write_bytes(file.read_bytes() + b"\n")

    with pytest.raises(CommandError):
        call_command("consent", "verify", str(file))


def test_the_command_checks_with_keys_somebody_downloaded(
    tmp_path: Path, agreed: Any, client: Client
) -> None:
    file, keys, none = tmp_path / "recu.json", tmp_path / "keys.json", tmp_path / "none.json"
    file.write_bytes(receipts.file_of(agreed, at=NOW))
    keys.write_bytes(client.get("/.well-known/clairevoie-keys.json").content)
    none.write_text('{"keys": []}')

    call_command("consent", "verify", str(file), "--keys", str(keys))

    with pytest.raises(CommandError):
        call_command("consent", "verify", str(file), "--keys", str(none))


@pytest.mark.parametrize("file", ["nowhere.json", "."])
def test_a_file_that_cannot_be_read_is_a_sentence(tmp_path: Path, file: str) -> None:
    with pytest.raises(CommandError, match="Impossible de lire"):
        call_command("consent", "verify", str(tmp_path / file))


def test_the_few_lines_of_the_guide_check_a_receipt_without_us(
    tmp_path: Path, agreed: Any, client: Client
) -> None:
    [script] = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)
    (tmp_path / "verify.py").write_text(script)
    file, keys = tmp_path / "recu.json", tmp_path / "keys.json"
    file.write_bytes(receipts.file_of(agreed, at=NOW))
    keys.write_bytes(client.get("/.well-known/clairevoie-keys.json").content)
    command = [sys.executable, "-I", str(tmp_path / "verify.py"), str(file), str(keys)]

    genuine = subprocess.run(command, capture_output=True, check=False)
    file.write_bytes(file.read_bytes().replace(b"Publier", b"publier").replace(b"4", b"5", 1))
    altered = subprocess.run(command, capture_output=True, check=False)

    assert genuine.returncode == 0, genuine.stderr
    assert altered.returncode != 0
    assert len([line for line in script.splitlines() if line.strip()]) <= 20


# --- Against the standards' own examples --------------------------------------------------------


def test_the_example_of_the_cryptosuite_is_reproduced() -> None:
    """vc-di-eddsa, appendix B.3: « representation: eddsa-jcs-2022 »."""
    context = [
        "https://www.w3.org/ns/credentials/v2",
        "https://www.w3.org/ns/credentials/examples/v2",
    ]
    document = {
        "@context": context,
        "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
        "type": ["VerifiableCredential", "AlumniCredential"],
        "name": "Alumni Credential",
        "description": "A minimum viable example of an Alumni Credential.",
        "issuer": "https://vc.example/issuers/5678",
        "validFrom": "2023-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:abcdefgh",
            "alumniOf": "The School of Examples",
        },
    }
    key = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2023-02-24T23:36:38Z",
        "verificationMethod": f"did:key:{key}#{key}",
        "proofPurpose": "assertionMethod",
    }
    private = signing.private_key(_private_of_the_example())

    signed = signing.sign_with(document, options, private)

    assert signed["proof"]["proofValue"] == (
        "z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"
    )
    assert multibase.ed25519(private.public_key().public_bytes_raw()) == key


def _private_of_the_example() -> bytes:
    """``secretKeyMultibase`` of the example, its multicodec prefix aside."""
    return multibase.from_base58("z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq", 34)[2:]


def test_the_thumbprint_of_the_example_is_reproduced() -> None:
    """RFC 8037, appendix A.3."""
    x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"

    assert signing.thumbprint_of(x) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_canonical_json_is_that_of_the_standard() -> None:
    """RFC 8785, § 3.2.3 and appendix B."""
    names = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\x80": 6, "\u00f6": 7}

    assert canonical(names) == (
        '{"\\r":2,"1":4,"\x80":6,"\u00f6":7,"\u20ac":1,"\U0001f600":5,"\ufb33":3}'.encode()
    )
    assert canonical({"b": [True, None, '\u000f\n\\"'], "a": {}}) == (
        b'{"a":{},"b":[true,null,"\\u000f\\n\\\\\\""]}'
    )


@pytest.mark.parametrize("value", [1.5, 2**53, float("nan"), {1: 2}, "\ud800", datetime.now(UTC)])
def test_what_two_readers_could_read_differently_is_not_signed(value: Any) -> None:
    with pytest.raises((NotCanonical, AttributeError)):
        canonical({"value": value} if not isinstance(value, dict) else value)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=80, deadline=None)
@given(_json)
def test_what_is_written_is_read_back_and_in_no_other_form(value: Any) -> None:
    written = canonical(value)

    assert read_canonical(written) == value
    with pytest.raises(NotCanonical):
        read_canonical(written + b" ")
    assert json.loads(written) == value


def test_the_receipt_of_a_choice_of_cookies_is_signed_too(client: Client) -> None:
    press(client, "refuser")

    file = client.get("/cookies/recu/").content

    assert signing.verify(file, signing.published_keys())["choice_id"] is None


@pytest.mark.parametrize(
    ("answer", "said"),
    [("accepter", "La preuve de ce choix est gardée ici"), ("refuser", "ne laisse aucun numéro")],
)
def test_the_command_says_what_is_kept_of_a_choice_of_cookies(
    tmp_path: Path, client: Client, capsys: pytest.CaptureFixture[str], answer: str, said: str
) -> None:
    press(client, answer)
    file = tmp_path / "recu.json"
    file.write_bytes(client.get("/cookies/recu/").content)

    call_command("consent", "verify", str(file))

    told = capsys.readouterr()
    assert said in told.out + told.err


def test_a_choice_whose_proof_has_left_is_said_to_be_gone(
    tmp_path: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    press(client, "accepter")
    signed = json.loads(client.get("/cookies/recu/").content)
    file = tmp_path / "recu.json"
    told_by_nobody = {**{k: v for k, v in signed.items() if k != "proof"}, "choice_id": "0" * 32}
    file.write_bytes(receipts.written(receipts.sign(told_by_nobody, at=NOW)))

    call_command("consent", "verify", str(file))

    told = capsys.readouterr()
    assert "Rien n’en est plus gardé ici" in told.out + told.err
