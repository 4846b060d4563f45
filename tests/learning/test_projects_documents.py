"""What a file is, whatever it claims to be."""

from __future__ import annotations

import io
import struct

import pytest

from clairevoie.learning import documents
from clairevoie.learning.documents import DocumentRefused, check
from tests.learning.desk import PDF, archive
from tests.learning.folder import picture

ANY = ("pdf", "png", "csv", "ipynb", "svg", "zip", "docx", "odt", "mp4", "exe")
WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}
WRITER = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}
PROGRAM = b"MZ\x90\0\x03\0\0\0"


def encrypted() -> bytes:
    """The flag that says so, in the local header and in the list."""
    packed = bytearray(archive({"a.txt": b"secret"}))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(sign) + at] |= 1
    return bytes(packed)


def announcing(count: int) -> bytes:
    """An archive whose list says that it holds many files."""
    packed = bytearray(archive({"a.txt": b"a"}))
    end = packed.index(b"PK\x05\x06")
    packed[end + 8 : end + 12] = struct.pack("<HH", count, count)
    return bytes(packed)


def sized(octets: int, *, told: int) -> bytes:
    """An archive of one file, which announces another size than its own."""
    packed = bytearray(archive({"a.txt": bytes(octets)}))
    for sign, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = packed.index(sign) + at
        packed[start : start + 4] = struct.pack("<I", told)
    return bytes(packed)


def nested(times: int) -> bytes:
    packed = archive({"a.txt": b"a"})
    for _ in range(times):
        packed = archive({"encore.zip": packed})
    return packed


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rapport.pdf", PDF),
        ("RAPPORT FINAL.PDF", PDF),
        ("carré.png", picture()),
        ("notes.csv", "prénom;note\nÉlodie;12\n".encode()),
        ("notes.csv", "prénom;note\nÉlodie;12\n".encode("cp1252")),
        ("notes.csv", "prénom\n".encode("utf-16")),
        ("carnet.ipynb", b'\n{"cells": []}'),
        ("mur.svg", b'<?xml version="1.0"?><svg/>'),
        ("tout.zip", archive({"src/a.py": b"print()", "lettre.docx": archive(WORD)})),
        ("lettre.docx", archive(WORD)),
        ("lettre.odt", archive(WRITER)),
        ("film.mp4", b"\0\0\0\x18ftypmp42"),
    ],
)
def test_an_honest_file_is_taken_whole(name: str, content: bytes) -> None:
    stream = io.BytesIO(content)

    checked = check(name, stream, extensions=ANY)

    assert (checked.name, checked.size) == (name, len(content))
    assert stream.tell() == 0


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("", PDF, documents.NoName),
        (".pdf", PDF, documents.NoName),
        ("  .pdf", PDF, documents.NoName),
        ("../../etc/rapport.pdf", PDF, documents.NameRefused),
        ("C:\\projets\\rapport.pdf", PDF, documents.NameRefused),
        ("rapport\u202efdp.pdf", PDF, documents.NameRefused),
        (f"{'a' * 120}.pdf", PDF, documents.NameTooLong),
        ("rapport", PDF, documents.NotAccepted),
        ("rapport.pdf.html", PDF, documents.NotAccepted),
        ("jeu.exe", PROGRAM, documents.Program),
        ("rapport.pdf", PROGRAM, documents.Program),
        ("notes.csv", b"\x7fELF\x02\x01\x01", documents.Program),
        ("rapport.pdf", b"", documents.Empty),
        ("rapport.pdf", b"<script>alert(1)</script>", documents.FalseExtension),
        ("carre.png", PDF, documents.FalseExtension),
        ("notes.csv", PDF, documents.FalseExtension),
        ("notes.csv", b"note\n\x00\x01", documents.FalseExtension),
        ("carnet.ipynb", b"print(1)", documents.FalseExtension),
        ("mur.svg", b"<html>", documents.FalseExtension),
        ("film.mp4", PDF, documents.FalseExtension),
        ("lettre.docx", archive({"a.txt": b"a"}), documents.FalseExtension),
        ("lettre.odt", archive(WORD), documents.FalseExtension),
        ("lettre.docx", PDF, documents.FalseExtension),
        ("tout.zip", archive({"a.txt": b"a"})[:-9], documents.Damaged),
        ("tout.zip", archive({"../a.txt": b"a"}), documents.UnsafeArchive),
        ("tout.zip", encrypted(), documents.UnsafeArchive),
        ("tout.zip", archive({"setup.exe": b"a"}), documents.ProgramInside),
        ("tout.zip", archive({"a.txt": PROGRAM}), documents.ProgramInside),
        ("tout.zip", archive({"b.zip": archive({"a.txt": PROGRAM})}), documents.ProgramInside),
        ("tout.zip", sized(10, told=300_000_000), documents.Bomb),
        ("tout.zip", announcing(6_000), documents.Bomb),
        ("tout.zip", nested(4), documents.Bomb),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_by_its_name(
    name: str, content: bytes, why: type[DocumentRefused]
) -> None:
    with pytest.raises(why) as refused:
        check(name, io.BytesIO(content), extensions=ANY)

    assert refused.value.name == name
    assert str(refused.value) == "", "a file's name says who: no log gets it"


def test_an_archive_that_hides_its_size_is_refused() -> None:
    with pytest.raises(DocumentRefused):
        check("tout.zip", io.BytesIO(sized(1_000_000, told=10)), extensions=ANY)


def test_an_archive_that_hides_how_many_files_it_lists_is_refused() -> None:
    listed = bytearray(
        archive({f"{number:x}": b"" for number in range(documents.MOST_INSIDE + 1)})
    )
    end = listed.rindex(b"PK\x05\x06")
    listed[end + 8 : end + 12] = b"\1\0\1\0"  # one file, it says

    with pytest.raises(documents.Bomb):
        check("tout.zip", io.BytesIO(bytes(listed)), extensions=ANY)


def test_what_is_in_archives_in_an_archive_counts_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inside = archive({"a.txt": bytes(600)})
    monkeypatch.setattr(documents._Allowance, "__init__", _of_a_thousand)

    with pytest.raises(documents.Bomb):
        check("tout.zip", io.BytesIO(archive({"1.zip": inside, "2.zip": inside})), extensions=ANY)


def _of_a_thousand(self: documents._Allowance) -> None:
    self.octets, self.files = 1_000, 10
