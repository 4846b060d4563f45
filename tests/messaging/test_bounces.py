"""What comes back: a mailbox that is gone, a reader who calls us junk, and inventions."""

from __future__ import annotations

import json
import logging
import sys
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from clairevoie import messaging, privacy
from clairevoie.messaging import bounces, reports
from clairevoie.messaging.models import Message, State, Suppression
from clairevoie.messaging.reports import Kind
from clairevoie.privacy.models import LedgerEntry
from tests.cast import NOW, TODAY, Person
from tests.promises import promise

NOTE = {"title": "Une nouvelle", "words": "Voici la nouvelle."}


def sent(person: Person, activity: str = "information") -> Message:
    message = messaging.send(person.subject, "note", activity, context=NOTE, at=NOW)
    Message.objects.filter(pk=message.pk).update(state=State.SENT)
    return message


def returned(
    number: object, address: str, *, status: str = "5.1.1", action: str = "failed", link: str = ""
) -> bytes:
    """A delivery status notification as Postfix writes it (RFC 3464)."""
    stop = f"List-Unsubscribe: <{link}>\n" if link else ""
    return f"""From: MAILER-DAEMON@mx.exemple.fr
To: contact@exemple.fr
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.exemple.fr

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 no such user

--b
Content-Type: message/rfc822

Message-ID: <{number}@127.0.0.1>
{stop}Subject: Une nouvelle

Voici.
--b--
""".encode()


def complaint(number: object, *, link: str = "") -> bytes:
    """An abuse report as providers write it (ARF, RFC 5965): the address is taken out."""
    stop = f"List-Unsubscribe: <{link}>\n" if link else ""
    return f"""From: <feedback@provider.example>
Subject: FW: junk
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is an email abuse report.
--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--b
Content-Type: text/rfc822-headers

From: us@exemple.fr
{stop}Message-ID: <{number}@127.0.0.1>

--b--
""".encode()


def take(content: bytes) -> bool:
    report = reports.read(content)
    assert report is not None
    return bounces.take(report, at=NOW)


def refused(person: Person, activity: str) -> bool:
    contact = ("email", person.canaries.email)
    return contact in messaging.suppressed([contact], activity)


def test_a_mailbox_that_is_gone_receives_only_what_cannot_stop(alice: Person) -> None:
    message = sent(alice)
    report = returned(message.uuid, alice.canaries.email)

    changes = [take(report), take(report)]

    assert changes == [True, False]
    for activity in ("information", "newsletter", "satisfaction"):
        assert refused(alice, activity)
    assert not refused(alice, "security")
    message.refresh_from_db()
    assert (message.state, message.because) == (State.FAILED, "bounce")
    assert Suppression.objects.get().because == Suppression.Because.BOUNCE


@pytest.mark.parametrize(
    ("status", "action"),
    [("5.2.2", "failed"), ("4.4.1", "delayed"), ("5.7.1", "failed"), ("5.1.1", "delayed")],
)
def test_a_full_box_a_delay_or_a_refused_content_blames_no_address(
    alice: Person, status: str, action: str
) -> None:
    message = sent(alice)

    changed = take(returned(message.uuid, alice.canaries.email, status=status, action=action))

    assert not changed
    assert not refused(alice, "information")


def test_a_bounce_of_a_security_message_counts_too(alice: Person) -> None:
    message = sent(alice, "security")

    take(returned(message.uuid, alice.canaries.email))

    assert refused(alice, "newsletter")
    assert privacy.may(alice.subject, "security").allowed


def test_an_invented_report_stops_nobody(alice: Person, charlie: Person) -> None:
    message = sent(charlie)

    invented = [
        take(returned(uuid4(), alice.canaries.email)),
        take(returned(message.uuid, alice.canaries.email)),
        take(returned("nothing", alice.canaries.email)),
        take(complaint(uuid4(), link=f"{settings.SITE_URL}/desinscription/{'x' * 90}/")),
    ]

    assert not any(invented)
    assert not Suppression.objects.exists()


@promise("P-057")
def test_whoever_calls_it_junk_is_unsubscribed_from_that(alice: Person) -> None:
    message = sent(alice)

    changes = [take(complaint(message.uuid)), take(complaint(message.uuid))]

    assert changes == [True, False]
    assert not privacy.may(alice.subject, "information").allowed
    assert privacy.may(alice.subject, "satisfaction").allowed
    assert refused(alice, "information")
    assert not refused(alice, "satisfaction")


def test_a_complaint_against_a_security_message_stops_nothing(alice: Person) -> None:
    message = sent(alice, "security")

    assert not take(complaint(message.uuid))
    assert privacy.may(alice.subject, "security").allowed


@promise("P-057")
def test_a_complaint_about_a_mail_of_an_erased_person_is_known_by_its_link(
    alice: Person,
) -> None:
    link = messaging.unsubscribe_url(alice.subject, "information")
    message = sent(alice)
    privacy.erase(alice.subject, because="demande", on=TODAY)

    assert take(complaint(message.uuid, link=link))
    assert refused(alice, "information")


def test_an_answer_or_an_advertisement_is_no_report() -> None:
    assert reports.read(b"Subject: Re: merci\n\nBonjour") is None
    assert reports.read(b"") is None
    assert reports.read(b"\xff\xfe\x00" * 1_000) is None


def test_a_redacted_report_is_read_all_the_same() -> None:
    report = reports.read(complaint("c0ffee00-0000-4000-8000-000000000000"))

    assert report is not None
    assert (report.kind, report.address) == (Kind.COMPLAINT, "")
    assert str(report.message) == "c0ffee00-0000-4000-8000-000000000000"


def test_the_command_reads_a_whole_mailbox_and_logs_nobody(
    alice: Person,
    charlie: Person,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    mails = [
        returned(sent(alice).uuid, alice.canaries.email),
        complaint(sent(charlie).uuid),
        b"Subject: Re: merci\n\nBonjour",
    ]
    box = tmp_path / "box"
    box.write_bytes(b"".join(b"From x Mon Nov 23 07:00:00 2026\n" + m + b"\n" for m in mails))

    out = StringIO()
    call_command("messaging", "bounces", str(box), "--json", stdout=out)

    counts = json.loads(out.getvalue())
    assert counts == {"read": 3, "gone": 1, "complaint": 1, "other": 0, "changed": 2}
    assert refused(alice, "newsletter")
    assert not privacy.may(charlie.subject, "information").allowed
    said = caplog.text + "".join(capsys.readouterr())
    told = said + repr(list(LedgerEntry.objects.values("facts")))
    assert not any(canary in told for canary in (*alice.canaries.all, *charlie.canaries.all))


def test_a_list_of_a_former_tool_is_read_line_by_line(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = f"{alice.canaries.email.upper()}\nnot an address\n\n+33 6 12 34 11 11\n"
    out = StringIO()
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(lines.encode())))
        call_command("messaging", "suppress", "--purpose", "newsletter", "--json", stdout=out)

    first, second = map(json.loads, out.getvalue().splitlines())
    assert first == {"lines": 3, "new": 2, "not-a-contact": [2]}
    assert second["new"] == 0
    assert refused(alice, "newsletter")
    assert not refused(alice, "information")


def test_a_list_for_what_cannot_be_stopped_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(b"")))

    with pytest.raises(CommandError, match="newsletter"):
        call_command("messaging", "suppress", "--purpose", "security")
