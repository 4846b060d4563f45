"""What the envelope of each mail says: who writes, why, and how to stop it."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from clairevoie import consent, messaging, policy, privacy
from tests.cast import NOW, Person
from tests.messaging.conftest import Mailbox
from tests.promises import promise

pytestmark = pytest.mark.django_db(transaction=True)

NOTE = {"title": "Une nouvelle", "words": "Voici la nouvelle."}
EVIL = "Bonjour\r\nBcc: charlie@exemple.fr\nX-Evil: 1\u2028Reply-To: x@y.fr\0"


def the_mail(folder: Path) -> EmailMessage:
    (file,) = folder.glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def parts(mail: EmailMessage) -> list[str]:
    return [str(part.get_content()) for part in mail.walk() if not part.is_multipart()]


@promise("P-057")
def test_the_reader_stops_a_real_mail_by_its_own_header(alice: Person, mailbox: Mailbox) -> None:
    messaging.send(alice.subject, "note", "information", context=NOTE, at=NOW)
    (mail,) = mailbox.mails
    address = re.fullmatch(r"<(https?://\S+)>", mail["List-Unsubscribe"])
    assert address is not None

    answer = Client(enforce_csrf_checks=True).post(
        address[1].removeprefix(settings.SITE_URL), {"List-Unsubscribe": "One-Click"}
    )

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert not privacy.may(alice.subject, "information").allowed


@promise("P-057")
@pytest.mark.parametrize("activity", ["information", "satisfaction", "newsletter"])
def test_whatever_can_stop_says_how_in_its_header_and_in_both_parts(
    alice: Person, folder: Path, activity: str
) -> None:
    consent.give(alice.subject, activity="newsletter", source="test", at=NOW)

    messaging.send(alice.subject, "note", activity, context=NOTE, at=NOW)

    mail = the_mail(folder)
    link = mail["List-Unsubscribe"].strip("<>")
    plain, html = parts(mail)
    assert link in plain
    assert f'href="{link}"' in html
    for words in (plain, html):
        organisation = policy.current().organisation
        assert organisation.name in words
        assert organisation.street in words
        assert policy.current().activities[activity].title in words


@promise("P-015")
@pytest.mark.parametrize("activity", ["security", "service-notices", "suspension"])
def test_what_cannot_stop_offers_no_way_to(alice: Person, folder: Path, activity: str) -> None:
    messaging.send(alice.subject, "note", activity, context=NOTE, at=NOW)

    mail = the_mail(folder)
    assert not mail.get_all("List-Unsubscribe")
    assert not mail.get_all("List-Unsubscribe-Post")
    assert not any("desinscription" in words for words in parts(mail))


def test_a_text_message_that_can_stop_says_how(alice: Person, folder: Path) -> None:
    privacy.forget_contact(alice.subject, kind="email")

    messaging.send(alice.subject, "note", "information", context=NOTE, at=NOW)
    messaging.send(alice.subject, "note", "security", context=NOTE, at=NOW)

    texts = [file.read_text() for file in folder.glob("*.sms.txt")]
    assert sorted("/desinscription/" in text for text in texts) == [False, True]


def test_no_value_opens_a_header(alice: Person, folder: Path) -> None:
    context = {"title": EVIL, "words": EVIL}

    messaging.send(alice.subject, "note", "information", context=context, at=NOW)

    mail = the_mail(folder)
    assert not any(mail.get_all(name) for name in ("Bcc", "X-Evil", "Reply-To"))
    assert len(mail.get_all("Subject", [])) == 1
    assert mail["To"] == alice.canaries.email
