"""Badges: verified by programs that we did not write, and refused by them once altered."""

from __future__ import annotations

import copy
import json
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core import serializers
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.test import Client
from openbadgeslib import baking
from PIL import Image
from pytest_django import DjangoAssertNumQueries, Settings

from clairevoie.credentials.badges import keys, linked, proofs, status, verification
from clairevoie.credentials.badges.models import BadgeKey, BadgePlace
from clairevoie.credentials.badges.proofs import NotGenuine
from clairevoie.credentials.models import Credential
from clairevoie.lib import calendar, multibase
from tests.cast import NOW, Person
from tests.credentials.scene import certificate
from tests.credentials.verifiers import (
    DID,
    KEYS,
    SITE,
    Case,
    opened,
    refusal,
    refusals,
    refused_by_openbadgeslib,
    web_of,
)
from tests.promises import promise

VOCABULARIES = Path(__file__).parent / "vocabularies"

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def our_site(settings: Settings) -> None:
    settings.SITE_URL = SITE


@pytest.fixture(autouse=True)
def the_key_of_the_instance(home: Path) -> Iterator[None]:
    """A test that rotates the key leaves the one it found."""
    kept = (home / "badge.key").read_text()
    yield
    for path in home.glob("badge*.key"):
        path.unlink()
    (home / "badge.key").write_text(kept)
    (home / "badge.key").chmod(0o600)


@pytest.fixture
def earned(alice: Person) -> Credential:
    return certificate(alice)


@pytest.fixture
def badge(earned: Credential) -> dict[str, Any]:
    signed: dict[str, Any] = json.loads(earned.badge)
    return signed


# --- Verified by others --------------------------------------------------------------------------


@promise("P-093")
def test_two_verifiers_that_we_did_not_write_accept_a_badge(
    earned: Credential, badge: dict[str, Any]
) -> None:
    file, web = opened(badge["id"]), web_of(badge)
    [of_badges] = [document for name, document in web.items() if name != DID]

    assert file.decode() == earned.badge
    assert refusals([Case(badge, web), Case(of_badges, web)]) == ["", ""]
    assert refused_by_openbadgeslib(file, web) == ""
    assert verification.verified(file, at=calendar.now()) == badge


def test_one_altered_byte_anywhere_is_refused(earned: Credential, badge: dict[str, Any]) -> None:
    file, web = earned.badge.encode(), web_of(badge)
    altered = [
        file[:place] + bytes([file[place] ^ 1]) + file[place + 1 :]
        for place in range(3, len(file), 19)
    ]

    still_json = []
    for one in altered:
        with pytest.raises((NotGenuine, verification.NoLongerHolds)):
            verification.verified(one, at=calendar.now())
        try:
            still_json.append(json.loads(one))
        except ValueError:
            continue
    answers = refusals([Case(one, web) for one in still_json])

    assert len(altered) > 80
    assert len(still_json) > 50
    assert all(answers), [still_json[n] for n, answer in enumerate(answers) if not answer]
    assert all(refused_by_openbadgeslib(one, web) for one in altered[::10])


def test_each_thing_a_badge_says_is_covered_by_its_proof(badge: dict[str, Any]) -> None:
    web = web_of(badge)
    altered = {
        "/".join(map(str, path)): Case(with_another_value(badge, path), web)
        for path in values_of(badge)
    }

    answers = dict(zip(altered, refusals(list(altered.values())), strict=True))

    assert len(answers) > 35
    assert [path for path, answer in answers.items() if not answer] == []


def values_of(node: Any, *path: Any) -> Iterator[tuple[Any, ...]]:
    """Where each value stands."""
    if isinstance(node, dict | list):
        for name, part in node.items() if isinstance(node, dict) else enumerate(node):
            yield from values_of(part, *path, name)
    else:
        yield path


def with_another_value(document: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    altered: Any = copy.deepcopy(document)
    node = altered
    for step in path[:-1]:
        node = node[step]
    value = node[path[-1]]
    node[path[-1]] = not value if isinstance(value, bool) else value[:-1] + chr(ord(value[-1]) ^ 3)
    whole: dict[str, Any] = altered
    return whole


# --- Adversaries ---------------------------------------------------------------------------------


def signed_by(private: Ed25519PrivateKey, badge: dict[str, Any], **said: Any) -> dict[str, Any]:
    document, proof = proofs.unproved(badge)
    del proof["proofValue"]
    return proofs.sign(document, {**proof, **said}, private)


def test_proofs_of_others_and_of_other_times_are_refused(
    badge: dict[str, Any], settings: Settings
) -> None:
    web, mallory = web_of(badge), Ed25519PrivateKey.generate()
    hers = multibase.ed25519(mallory.public_key().public_bytes_raw())
    ours, _public = keys.signing_key(at=NOW)
    context = badge["@context"]
    forged = {
        "another key under our name": signed_by(mallory, badge),
        "a key that we do not publish": signed_by(
            mallory, badge, verificationMethod=f"{DID}#{hers}"
        ),
        "a key that names itself": signed_by(
            mallory, badge, verificationMethod=f"did:key:{hers}#{hers}"
        ),
        "a proof for another purpose": signed_by(ours, badge, proofPurpose="authentication"),
        "vocabularies in another order": {**badge, "@context": context[::-1]},
        "one vocabulary less": {**badge, "@context": context[:1]},
        "no proof": {name: part for name, part in badge.items() if name != "proof"},
        "a word that nothing defines": {**badge, "honours": "summa cum laude"},
    }

    answers = dict(zip(forged, refusals([Case(one, web) for one in forged.values()]), strict=True))

    assert all(answers.values()), answers
    for name, one in forged.items():
        assert refused_by_openbadgeslib(one, web), name
        with pytest.raises(NotGenuine):
            verification.verified(json.dumps(one).encode(), at=calendar.now())


def test_a_badge_holds_until_the_last_day_of_its_fifty_years(badge: dict[str, Any]) -> None:
    web = {DID: json.loads(opened(KEYS))}
    alone = {name: part for name, part in badge.items() if name != "credentialStatus"}
    ours, _public = keys.signing_key(at=NOW)
    offline = signed_by(ours, alone)

    last, after, before = refusals(
        [
            Case(offline, web, datetime(2076, 11, 22, 22, 59, tzinfo=UTC)),
            Case(offline, web, datetime(2076, 11, 22, 23, 6, tzinfo=UTC)),
            Case(offline, web, datetime(2026, 11, 21, 12, tzinfo=UTC)),
        ]
    )

    assert badge["validUntil"] == "2076-11-22T22:59:59Z"
    assert (last, "validUntil" in after, "validFrom" in before) == ("", True, True)


@pytest.mark.parametrize(
    "change",
    [
        {"revoked_on": date(2026, 11, 23), "revoked_because": "Fraude."},
        {"replaced_by": "7KXA-7KXA-7KXA-7KXA-V2"},
        None,
    ],
    ids=["revoked", "replaced", "gone"],
)
def test_a_badge_that_no_longer_holds_is_refused(
    change: dict[str, Any] | None, earned: Credential, badge: dict[str, Any], client: Client
) -> None:
    rows = Credential.objects.filter(pk=earned.pk)
    rows.delete() if change is None else rows.update(**change)
    web = web_of(badge)

    assert refusal(Case(badge, web)) == "status: revocation"
    assert "revo" in refused_by_openbadgeslib(badge, web)
    with pytest.raises(verification.NoLongerHolds):
        verification.verified(earned.badge.encode(), at=calendar.now())
    assert client.get(f"/badges/{earned.number}.json").status_code == 404
    assert client.get(f"/badges/{earned.number}.png").status_code == 404


def test_a_list_that_we_did_not_sign_or_that_is_old_says_nothing(
    earned: Credential, badge: dict[str, Any]
) -> None:
    web = web_of(badge)
    where = badge["credentialStatus"]["statusListCredential"]
    real, mallory = web[where], Ed25519PrivateKey.generate()
    other = copy.deepcopy(real)
    other["credentialSubject"]["encodedList"] = status.encoded([earned.status_place or 0])
    old = {**real, "validUntil": "2026-11-22T11:00:00Z"}
    ours, _public = keys.signing_key(at=NOW)

    answers = refusals(
        [
            Case(badge, {**web, where: other}),
            Case(badge, {**web, where: signed_by(mallory, real)}),
            Case(badge, {**web, where: signed_by(ours, old)}),
        ]
    )

    assert all(answers), answers


# --- Keys ----------------------------------------------------------------------------------------


def test_old_badges_hold_after_a_rotation_and_new_ones_have_the_new_key(
    earned: Credential, badge: dict[str, Any], bob: Person
) -> None:
    call_command("credentials", "rotate-key")
    later = json.loads(certificate(bob).badge)
    web = web_of(badge)

    methods = [one["proof"]["verificationMethod"] for one in (badge, later)]
    assert methods[0] != methods[1]
    assert web[DID]["assertionMethod"] == methods[::-1]
    assert refusals([Case(badge, web), Case(later, web)]) == ["", ""]
    assert not refused_by_openbadgeslib(badge, web)
    assert Credential.objects.get(pk=earned.pk).badge == earned.badge


def test_nothing_that_a_compromised_key_signed_holds_or_is_handed_out(
    earned: Credential, badge: dict[str, Any], alice: Person, bob: Person, client: Client
) -> None:
    client.force_login(alice.member)
    pages = ("/mon-compte/certificats/", earned.get_absolute_url())
    told = [f"/badges/{earned.number}" in client.get(page).content.decode() for page in pages]
    call_command("credentials", "rotate-key", "--compromised")
    later = json.loads(certificate(bob).badge)
    web = web_of(badge)

    stolen, new = refusals([Case(badge, web), Case(later, web)])

    assert "no key" in stolen
    assert new == ""
    assert refused_by_openbadgeslib(badge, web)
    with pytest.raises(NotGenuine):
        verification.verified(json.dumps(badge).encode(), at=calendar.now())
    assert told == [True, True]
    assert all(f"/badges/{earned.number}" not in client.get(p).content.decode() for p in pages)
    assert client.get(f"/badges/{earned.number}.png").status_code == 404
    assert client.get(pages[1]).status_code == 200, "the certificate still verifies"


def test_the_secret_stays_in_its_file(
    earned: Credential,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    secret = (home / "badge.key").read_text()
    call_command("credentials", "rotate-key")
    now = (home / "badge.key").read_text()
    [aside] = home.glob("badge-*.key")

    stored = serializers.serialize("json", BadgeKey.objects.all())
    shown = capsys.readouterr().err + stored + caplog.text + opened(KEYS).decode() + earned.badge

    assert secret != now
    assert aside.read_text() == secret
    assert {path.stat().st_mode & 0o777 for path in (aside, home / "badge.key")} == {0o600}
    assert secret not in shown
    assert now not in shown


def test_a_key_from_elsewhere_is_changed_elsewhere(settings: Settings) -> None:
    settings.BADGE_KEY = "une clé partagée par plusieurs machines"

    with pytest.raises(CommandError, match="CLAIREVOIE_BADGE"):
        call_command("credentials", "rotate-key")


# --- What is published, and of whom --------------------------------------------------------------


@promise("P-065")
def test_a_badge_names_its_holder_and_says_nothing_else_of_them(
    alice: Person, earned: Credential, badge: dict[str, Any], client: Client
) -> None:
    response = client.get(f"/badges/{earned.number}.json")

    [identity] = badge["credentialSubject"]["identifier"]
    assert (identity["identityType"], identity["identityHash"]) == ("name", earned.name)
    assert "@" not in earned.badge.replace('"@context"', "")
    assert str(alice.subject.uuid) not in earned.badge
    assert str(earned.uuid) not in earned.badge
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "attachment" in response["Content-Disposition"]
    assert client.get("/badges/AAAA-AAAA-AAAA-AAAA.json").status_code == 404


def test_a_list_names_nobody(earned: Credential, bob: Person, client: Client) -> None:
    other = certificate(bob)
    places = {(one.status_list, one.status_place) for one in (earned, other)}

    response = client.get(f"/badges/statut/{earned.status_list}/")
    listed = json.loads(response.content)["credentialSubject"]

    assert len(places) == 2
    assert listed["encodedList"] == status.encoded([])  # a valid one and none look alike
    assert response["Cache-Control"] == "public, max-age=300"
    assert client.get("/badges/statut/99/").status_code == 404
    assert BadgePlace.objects.count() == 2


def test_a_place_speaks_for_one_badge_only_and_a_full_list_is_followed_by_another(
    earned: Credential, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = BadgePlace.objects.get()
    monkeypatch.setattr(secrets, "randbelow", lambda _places: first.place)
    earned.delete()

    place = status.draw_place()

    assert (place.list, place.place) == (first.list + 1, first.place)
    with pytest.raises(DatabaseError), transaction.atomic():
        BadgePlace.objects.filter(pk=first.pk).delete()


def test_the_database_refuses_to_change_a_badge(earned: Credential) -> None:
    for change in ({"badge": "{}"}, {"status_place": 1}, {"status_list": None}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Credential.objects.filter(pk=earned.pk).update(**change)


def test_pictures_carry_the_badge_as_it_was_signed(earned: Credential, client: Client) -> None:
    png = client.get(f"/badges/{earned.number}.png").content
    svg = client.get(f"/badges/{earned.number}.svg").content

    told = baking.extract_png(png, keyword=baking.ITXT_KEYWORD_OB3)
    drawn = baking.extract_svg(svg, element=baking.SVG_ELEMENT_OB3, text_fallback=True)
    assert (told, drawn) == (earned.badge, earned.badge)
    assert Image.open(BytesIO(png)).size == (640, 640)
    assert earned.name.encode() not in svg.replace(earned.badge.encode(), b"")


def test_reading_what_is_public_takes_few_queries(
    earned: Credential, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1):
        client.get("/.well-known/did.json")
    client.get("/badges/statut/1/")
    cached = client.get("/badges/statut/1/")

    assert cached.status_code == 200


def test_the_command_tells_a_genuine_badge_from_an_altered_one(
    earned: Credential, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "badge.json"
    file.write_text(earned.badge)
    call_command("credentials", "verify", str(file))
    file.write_text(earned.badge.replace(earned.title, "Doctorat"))

    with pytest.raises(CommandError, match="modifié"):
        call_command("credentials", "verify", str(file))
    with pytest.raises(CommandError, match="Impossible de lire"):
        call_command("credentials", "verify", str(tmp_path / "nothing.json"))
    assert "authentique" in capsys.readouterr().err


# --- Against the standards' own examples ---------------------------------------------------------


@pytest.mark.parametrize(
    ("example", "secret"),
    [
        # vc-di-eddsa, appendix B.1: « representation: eddsa-rdfc-2022 ».
        ("w3c.json", "c96ef9ea10c5e414c471723aff9de72c35fa5b70fae97e8832ecac7d2e2b8ed6"),
        # Open Badges 3.0 Implementation Guide: « Linked Data Proof Test Vector ».
        ("1edtech.json", "6241a409e6707bb640a0140a8a32bc3d193c33a661747284d6adfa4ed4180be4"),
    ],
)
def test_the_examples_of_the_standards_are_reproduced(
    example: str, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for url, name in {
        "https://www.w3.org/2018/credentials/v1": "credentials-v1.json",
        "https://www.w3.org/ns/credentials/examples/v2": "examples-v2.json",
        "https://w3id.org/security/data-integrity/v1": "data-integrity-v1.json",
        "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld": "open-badges-3.0.json",
    }.items():
        monkeypatch.setitem(linked.FILES, url, str(VOCABULARIES / name))
    signed = json.loads((VOCABULARIES / example).read_text())
    private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))

    assert signed_by(private, copy.deepcopy(signed)) == signed
    proofs.verify(signed, private.public_key())


def test_a_vocabulary_that_we_do_not_hold_is_refused() -> None:
    with pytest.raises(linked.NotLinkedData):
        linked.canonical({"@context": "https://example.org/v1", "name": "x"})
    with pytest.raises(linked.NotLinkedData):
        linked.canonical({"@context": linked.CREDENTIALS, "honours": "x"})
