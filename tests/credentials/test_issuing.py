"""Earning a proof: by a project, by a whole parcours; once, sealed, printed, kept."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from django.core.files.storage import storages
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from clairevoie.accounts.models import Member
from clairevoie.credentials import printing, steps
from clairevoie.credentials.actions import keeping
from clairevoie.credentials.actions.issuing import issue
from clairevoie.credentials.models import Credential, Kind, record_of, seal_of
from clairevoie.credentials.numbers import ALPHABET, NotANumber, draw_number, read_number
from clairevoie.messaging.models import Message
from clairevoie.privacy import triggers
from clairevoie.privacy.models import LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.credentials.scene import EARNED, certificate, read_everything, waiting
from tests.learning.desk import corrected
from tests.learning.folder import SLUG
from tests.promises import promise


@pytest.mark.django_db
def test_an_accepted_project_is_proved_and_its_content_is_not_in_the_proof(
    alice: Person, bob: Person
) -> None:
    submission = waiting(alice, bob)

    corrected(submission, bob)

    proof = Credential.objects.get()
    assert (proof.kind, proof.title, proof.part) == (Kind.PROJECT, "Décrire un tableau", "autour")
    assert proof.name == alice.member.full_name
    assert proof.holder == alice.subject.uuid
    assert proof.issued_on == TODAY
    assert "Bravo" not in json.dumps(record_of(proof), ensure_ascii=False)


@pytest.mark.django_db
@pytest.mark.parametrize("last", ["a chapter", "a project"])
def test_a_parcours_is_certified_when_its_last_step_is_done_whichever_that_is(
    last: str, alice: Person, bob: Person
) -> None:
    submission = waiting(alice, bob)
    steps: list[Callable[[], object]] = [
        lambda: corrected(submission, bob),
        lambda: read_everything(submission.enrolment),
    ]
    first, second = steps if last == "a chapter" else reversed(steps)

    first()
    before = set(Credential.objects.values_list("kind", flat=True))
    second()

    assert Kind.CERTIFICATE not in before
    proof = Credential.objects.get(kind=Kind.CERTIFICATE)
    assert (proof.parcours, proof.edition, proof.part) == (SLUG, 1, "")
    assert proof.result == "3 chapitres terminés, 1 projet validé."
    assert Message.objects.filter(template="credentials/issued").count() == 1


@pytest.mark.django_db
def test_nothing_is_proved_while_something_is_left(alice: Person, bob: Person) -> None:
    submission = waiting(alice, bob)

    corrected(submission, bob, "rework", comment="Encore un effort.")
    read_everything(submission.enrolment)

    assert not Credential.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_decisions_at_the_same_instant_issue_one_certificate(alice: Person) -> None:
    start = threading.Barrier(2)
    issued = []

    def decide() -> None:
        try:
            start.wait()
            issued.append(issue(holder=alice.subject, earned=EARNED, author=None, at=NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    proof = Credential.objects.get()
    assert {one.number for one in issued} == {proof.number}
    kept = storages["credentials"].listdir("")[1]
    assert proof.document.name in kept
    assert LedgerEntry.objects.filter(executor="credentials.issue").count() == 1


@pytest.mark.django_db
def test_a_decision_that_is_undone_leaves_no_document_after_the_night(
    alice: Person, bob: Person
) -> None:
    kept = certificate(alice)
    submission = waiting(alice, bob)
    before = set(storages["credentials"].listdir("")[1])

    @transaction.atomic
    def decide_then_fail() -> None:
        corrected(submission, bob)
        LedgerEntry.objects.all().delete()  # the database refuses, and everything is undone

    with pytest.raises(DatabaseError):
        decide_then_fail()
    left = set(storages["credentials"].listdir("")[1]) - before
    real = datetime.now(UTC)
    at_once = steps.sweep_documents(real)
    steps.sweep_documents(real + timedelta(days=2))

    assert not Credential.objects.filter(kind=Kind.PROJECT).exists()
    assert len(left) == 1
    assert at_once == 0
    assert not any(storages["credentials"].exists(name) for name in left)
    assert kept.document.storage.exists(str(kept.document.name))


@pytest.mark.django_db
def test_a_badge_that_cannot_be_signed_leaves_no_document(
    alice: Person, settings: Settings, tmp_path: Path
) -> None:
    before = storages["credentials"].listdir("")
    settings.HOME = tmp_path  # where no key is

    with pytest.raises(FileNotFoundError):
        certificate(alice)

    assert storages["credentials"].listdir("") == before


@pytest.mark.django_db
def test_the_record_refuses_to_say_anything_else(alice: Person) -> None:
    proof = certificate(alice)

    for column, value in (("name", "Quelqu’un d’autre"), ("issued_on", "2020-01-01")):
        with pytest.raises(DatabaseError), transaction.atomic():
            Credential.objects.filter(pk=proof.pk).update(**{column: value})
    Credential.objects.filter(pk=proof.pk).update(replaced_by="X")

    proof.refresh_from_db()
    assert proof.is_intact
    assert triggers.missing_protections(connection) == []


@pytest.mark.django_db
def test_the_seal_speaks_of_every_word_that_is_printed(alice: Person) -> None:
    proof = certificate(alice)

    for said in record_of(proof):
        if said not in ("uuid", "issued_on", "made_on"):
            other = Credential.objects.get()
            setattr(other, said, 7 if said == "edition" else "autre chose")
            assert seal_of(other) != proof.sha256, said


@pytest.mark.django_db
def test_the_document_is_kept_as_printed_and_carries_its_sealed_record(alice: Person) -> None:
    proof = certificate(alice)

    with proof.document.open("rb") as kept:
        content = kept.read()

    assert hashlib.sha256(content).hexdigest() == proof.document_sha256
    with pikepdf.open(BytesIO(content)) as pdf, pdf.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("3", "A")
        assert meta["pdfuaid:part"] == "1"
        assert pdf.Root.Lang == "fr-FR"
        assert pdf.Root.MarkInfo.Marked
        attached = pdf.attachments["certificat.json"].get_file().read_bytes()
    assert hashlib.sha256(attached).hexdigest() == proof.sha256
    assert json.loads(attached)["name"] == alice.member.full_name


@pytest.mark.django_db
def test_another_program_finds_in_the_file_what_the_standard_asks(alice: Person) -> None:
    """ISO 19005-3, by pikepdf: typst refuses to write otherwise, and has no last word on it."""
    with pikepdf.open(certificate(alice).document.path) as pdf:
        fonts = [one for one in pdf.objects if _is(one, "/FontDescriptor")]
        [intent] = pdf.Root.OutputIntents
        [attached] = pdf.Root.AF
        keys = {key for one in pdf.objects if _is(one) for key, _ in one.items()}
        problems = pdf.check_pdf_syntax()

    assert problems == []
    assert fonts, "6.2.11.4: each is in the file"
    assert all({"/FontFile2", "/FontFile3"} & set(font.keys()) for font in fonts)
    assert "/DestOutputProfile" in intent, "6.2.3: colours mean the same everywhere"
    assert attached.AFRelationship == "/Data", "6.8"
    assert {"/StructTreeRoot", "/Lang"} <= keys, "6.7.3: read aloud, in its language"
    assert not {"/Encrypt", "/JS", "/AA", "/Launch", "/XFA"} & keys, "6.1.3, 6.6.1"


def _is(one: pikepdf.Object, kind: str = "") -> bool:
    return isinstance(one, pikepdf.Dictionary) and (not kind or one.get("/Type") == kind)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["Łukasz Nguyễn", "Ζωή Παπαδοπούλου", "محمد بن علي"])
def test_a_name_in_another_script_is_printed_too(name: str, alice: Person) -> None:
    proof = certificate(alice)
    proof.name = name

    sheet = printing.print_document(proof)

    assert sheet.whole
    assert printing.is_whole(sheet.content)
    assert b"pdfaid:part" in sheet.content


@pytest.mark.django_db
def test_a_name_that_no_font_writes_is_never_boxes_and_administrators_are_told(
    alice: Person, eve: Person
) -> None:
    Member.objects.filter(pk=alice.member.pk).update(first_names="\u0378", last_name="Lǐ")

    proof = certificate(alice)
    with proof.document.open("rb") as kept:
        content = kept.read()
    again = keeping.reissue(
        credential=proof,
        name=proof.name,
        reason="rectification",
        reference="fonte-1",
        author=eve.subject.uuid,
        at=NOW,
    )

    assert not printing.is_whole(content)
    assert b"pdfaid:part" in content, "no less valid"
    told = Message.objects.filter(template="credentials/incomplete")
    assert {message.subject for message in told} == {eve.subject}
    assert LedgerEntry.objects.filter(executor="credentials.print-without-name").count() == 2
    assert again.name == proof.name, "printed again once there is a font"


def test_a_number_is_readable_and_says_when_it_is_misread() -> None:
    number = draw_number()

    assert re.fullmatch(rf"([{ALPHABET}]{{4}}-){{3}}[{ALPHABET}]{{4}}", number)
    assert len(ALPHABET) ** 15 > 2**60
    assert not set("0OQ1IL285SUV6") & set(ALPHABET)
    assert read_number(f" {number.lower().replace('-', ' ')} ") == number
    assert read_number(f"{number}-v2") == f"{number}-V2"
    for place in range(len(number)):
        other = next(sign for sign in ALPHABET if sign != number[place])
        if number[place] != "-":
            with pytest.raises(NotANumber):
                read_number(number[:place] + other + number[place + 1 :])


@pytest.mark.django_db
@promise("P-019")
def test_no_document_says_whether_one_is_a_man_or_a_woman(alice: Person) -> None:
    assert alice.member.gender is None

    certificate(alice)

    sheet = (printing._HERE / "certificate.typ").read_text() + str(printing._DEEDS)
    assert "Monsieur" not in sheet
    assert "Madame" not in sheet
