"""A letter printed once for many readers, with a blank where each one's own link goes.

The frame is rendered and the body encoded once a language; a reader costs a few joined strings.
Lines end in CRLF and hold ASCII alone (quoted-printable), so that no server on the way rewrites
what a signature covers (RFC 6376, 5.3).
"""

from __future__ import annotations

from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from uuid import UUID

from django.utils.html import linebreaks

from clairevoie.messaging.enclosures import Enclosure, enclosed_in
from clairevoie.messaging.letters import Letter, in_our_frame
from clairevoie.messaging.suppression import is_stoppable

BLANK = "https://lien.invalid/personnel"  # .invalid never resolves (RFC 6761)
_ATOM = b"\0"
_BOUNDARY = b"=_clairevoie"  # quoted-printable never holds «=_», nor does base64
_AROUND = b"=_images"  # the HTML form together with the pictures it shows (RFC 2387)


class TwoLines(ValueError):
    """Un en-tête de message tient sur une ligne."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The two forms of a letter, encoded, cut where the reader's link goes; its pictures."""

    letter: Letter
    pieces: tuple[bytes, ...]
    enclosures: tuple[Enclosure, ...] = ()

    @classmethod
    def of(cls, letter: Letter, *, blank: str = "") -> Sheet:
        """Encode a letter; ``blank`` is what stands for the link."""
        enclosures = enclosed_in(letter.html)
        forms = [_form(b"plain", letter.text, blank)] if letter.text else []
        if letter.html:
            html = _form(b"html", letter.html, blank)
            forms.append(_with_pictures(html, enclosures) if enclosures else html)
        opening, end = b"--" + _BOUNDARY + b"\r\n", b"--" + _BOUNDARY + b"--\r\n"
        body = b"".join(opening + form for form in forms) + end
        return cls(letter, tuple(body.split(_ATOM)), enclosures)

    @classmethod
    def printed(
        cls, *, activity: str, language: str | None, title: str, text: str, html: str
    ) -> Sheet:
        """The words of a mailing inside our frame, in the reader's ``language``."""
        blank = BLANK if is_stoppable(activity) else ""
        values = {"words": text.strip(), "page": html or linebreaks(text, autoescape=True)}
        letter = in_our_frame(
            "mailing", title=title, activity=activity, language=language, link=blank, **values
        )
        return cls.of(letter, blank=blank)

    def for_reader(self, *, link: str) -> Letter:
        """The letter with the reader's link in its place."""
        return replace(
            self.letter,
            text=self.letter.text.replace(BLANK, link),
            html=self.letter.html.replace(BLANK, link),
        )

    def mail(self, headers: Mapping[str, str], *, link: str = "") -> bytes:
        """The mail as it leaves: headers, then both forms."""
        lines = [_header(name, value) for name, value in headers.items() if value]
        lines.append(b"MIME-Version: 1.0")
        lines.append(b'Content-Type: multipart/alternative; boundary="%s"' % _BOUNDARY)
        return b"\r\n".join([*lines, b"", _quoted(link).join(self.pieces)])


def headers_of(
    uuid: UUID, *, sender: str, to: str, title: str, domain: str, link: str, at: datetime
) -> dict[str, str]:
    """The same number on each attempt lets mailboxes drop a double (RFC 5322, 3.6.4)."""
    stop = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return {
        "From": sender,
        "To": to,
        "Subject": title,
        "Date": format_datetime(at),
        "Message-ID": f"<{uuid}@{domain}>",
        "Auto-Submitted": "auto-generated",
        **(stop if link else {}),
    }


def _form(kind: bytes, words: str, blank: str) -> bytes:
    parts = words.split(blank) if blank else [words]
    return b"".join(
        (
            b'Content-Type: text/%s; charset="utf-8"\r\n' % kind,
            b"Content-Transfer-Encoding: quoted-printable\r\n\r\n",
            # A soft break on each side: lines stay short whatever the link's length.
            (b"=\r\n" + _ATOM + b"=\r\n").join(_quoted(part) for part in parts),
            b"\r\n",
        )
    )


def _with_pictures(html: bytes, enclosures: Sequence[Enclosure]) -> bytes:
    opening = b"--" + _AROUND + b"\r\n"
    parts = [html, *(enclosure.part() for enclosure in enclosures)]
    kind = b'multipart/related; type="text/html"; boundary="%s"' % _AROUND
    body = b"".join(opening + part for part in parts)
    return b"Content-Type: " + kind + b"\r\n\r\n" + body + b"--" + _AROUND + b"--\r\n"


def _quoted(words: str) -> bytes:
    plain = "\n".join(words.splitlines()) + ("\n" if words.endswith("\n") else "")
    return b2a_qp(plain.encode(), istext=True).replace(b"\n", b"\r\n")


def _header(name: str, value: str) -> bytes:
    if "\r" in value or "\n" in value:
        raise TwoLines
    if value.isascii():
        return f"{name}: {value}".encode()
    folded = Header(value, "utf-8", header_name=name, maxlinelen=76).encode(linesep="\r\n")
    return f"{name}: {folded}".encode("ascii")
