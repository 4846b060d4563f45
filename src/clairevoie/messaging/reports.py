"""What mail servers and mailbox providers write back, read as facts: no database here.

Delivery status notifications (RFC 3464) and abuse reports (ARF, RFC 5965), as files. Whatever a
report claims is matched with a number we gave the message (RFC 5322 Message-ID) or with our
sealed link: an invented report names no message of ours.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message as Mail
from enum import StrEnum
from uuid import UUID

_FROM_LINE = re.compile(rb"(?m)^From [^\n]*\n")
_NUMBER = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
_TOKEN = re.compile(r"/desinscription/([\w-]{40,300})/")
_ADDRESS = re.compile(r"[^\s;<>]+@[^\s;<>]+")
# RFC 3463: no such mailbox, no such host, moved without an address, mailbox disabled. A full
# mailbox (5.2.2) empties again, and a refused content (5.7) is no fault of the address.
_GONE = re.compile(r"5\.(1\.(0|1|2|3|6|10)|2\.1)")
_MOST_PARTS = 50


class Kind(StrEnum):
    """What a report says of a message."""

    GONE = "gone"  # the mailbox does not exist, or no more
    COMPLAINT = "complaint"  # its reader called it junk
    OTHER = "other"  # late, full, refused for another reason: nothing follows


@dataclass(frozen=True, slots=True)
class Report:
    """One report; ``message`` and ``token`` tell which message of ours, ``address`` where."""

    kind: Kind
    message: UUID | None
    token: str = ""
    address: str = ""


def split(content: bytes) -> Iterator[bytes]:
    """The mails of a mailbox file (mbox), or the only one."""
    if not content.startswith(b"From "):
        yield content
        return
    yield from (mail for mail in _FROM_LINE.split(content) if mail.strip())


def read(content: bytes) -> Report | None:
    """One mail; None when it is no report."""
    mail = email.message_from_bytes(content)
    parts = [part for part, _ in zip(mail.walk(), range(_MOST_PARTS), strict=False)]
    kinds = {part.get_content_type(): part for part in reversed(parts)}
    about = kinds.get("message/feedback-report") or kinds.get("message/delivery-status")
    if about is None:
        return None
    fields = _fields(about)
    original = _headers(kinds.get("message/rfc822") or kinds.get("text/rfc822-headers"))
    number, token = _NUMBER.search(original), _TOKEN.search(original)
    address = _ADDRESS.search(fields.get("original-rcpt-to") or fields.get("final-recipient", ""))
    return Report(
        kind=_kind(about.get_content_type(), fields),
        message=UUID(number[1]) if number else None,
        token=token[1] if token else "",
        address=address[0] if address else "",
    )


def is_gone(status: str) -> bool:
    """An enhanced status code (RFC 3463) that says the mailbox is not there."""
    return bool(_GONE.fullmatch(status.strip()))


def _kind(content_type: str, fields: dict[str, str]) -> Kind:
    if content_type == "message/feedback-report":
        complains = fields.get("feedback-type", "").lower() in ("abuse", "fraud", "opt-out")
        return Kind.COMPLAINT if complains else Kind.OTHER
    failed = fields.get("action", "").lower() == "failed"
    status = (fields.get("status", "").split() or [""])[0]
    return Kind.GONE if failed and is_gone(status) else Kind.OTHER


def _fields(part: Mail) -> dict[str, str]:
    """The fields of a report, whichever block they stand in; the last recipient's win."""
    found: dict[str, str] = {}
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else [email.message_from_string(str(payload))]
    for block in blocks:
        if isinstance(block, Mail):
            found |= {name.lower(): str(value) for name, value in block.items()}
            inner = block.get_payload()
            if isinstance(inner, str) and ":" in inner:  # an unsplit report
                inside = email.message_from_string(inner.strip())
                found |= {name.lower(): str(value) for name, value in inside.items()}
    return found


def _headers(part: Mail | None) -> str:
    """The headers of the message that the report is about."""
    if part is None:
        return ""
    payload = part.get_payload()
    if isinstance(payload, list):
        mails = (mail for mail in payload if isinstance(mail, Mail))
        return "\n".join(f"{name}: {value}" for mail in mails for name, value in mail.items())
    return str(payload).partition("\n\n")[0]
