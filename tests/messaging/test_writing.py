"""What is written, to whom, and what every message must say."""

from __future__ import annotations

import email
import email.policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from clairevoie import messaging, policy, privacy
from clairevoie.lib.contact import NotAContact
from clairevoie.messaging.letters import NoCategory
from clairevoie.messaging.models import Channel, Message, State
from clairevoie.privacy.models import ContactPoint, DataSubject
from tests.cast import NOW, TODAY, Person
from tests.promises import promise

NOTE = {"title": "Une nouvelle", "words": "Voici la nouvelle."}


def the_mail(folder: Path) -> EmailMessage:
    (file,) = folder.glob("*.eml")
    mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content


@pytest.mark.django_db(transaction=True)
@promise("P-009")
def test_every_mail_says_who_writes_why_and_where_the_policy_is(
    alice: Person, folder: Path
) -> None:
    messaging.send(alice.subject, "note", "service-notices", context=NOTE, at=NOW)

    mail = the_mail(folder)
    organisation = policy.current().organisation
    assert organisation.name in mail["From"]
    assert mail["To"] == alice.canaries.email
    for kind in ("plain", "html"):
        text = part(mail, kind)
        assert "/confidentialite/" in text
        assert organisation.street in text
        assert policy.current().activities["service-notices"].title in text


@pytest.mark.django_db(transaction=True)
def test_a_mail_loads_nothing_and_counts_no_click(alice: Person, folder: Path) -> None:
    messaging.send(alice.subject, "note", "service-notices", context=NOTE, at=NOW)

    html = part(the_mail(folder), "html")
    assert not any(tag in html for tag in ("<img", "src=", "url(", "<link", "<script"))


@promise("P-015")
@pytest.mark.django_db(transaction=True)
def test_who_muted_information_still_hears_of_their_security(alice: Person, folder: Path) -> None:
    privacy.object_to(alice.subject, activity="information", source="mon-compte", at=NOW)

    news = messaging.send(alice.subject, "note", "information", context=NOTE, at=NOW)
    alert = messaging.send(
        alice.subject, "note", "security", context={**NOTE, "title": "Mot de passe"}, at=NOW
    )

    news.refresh_from_db()
    alert.refresh_from_db()
    assert (news.state, alert.state) == (State.REFUSED, State.SENT)
    assert the_mail(folder)["Subject"] == "Mot de passe"


@pytest.mark.django_db(transaction=True)
def test_a_restricted_person_hears_only_what_the_register_allows(
    alice: Person, folder: Path
) -> None:
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)

    survey = messaging.send(alice.subject, "note", "satisfaction", context=NOTE, at=NOW)
    rights = messaging.send(alice.subject, "note", "rights", context=NOTE, at=NOW)

    survey.refresh_from_db()
    rights = Message.including_restricted.get(pk=rights.pk)
    assert survey.state == State.REFUSED
    assert rights.state == State.SENT
    assert len(list(folder.iterdir())) == 1


@pytest.mark.django_db(transaction=True)
def test_an_objection_made_while_a_message_waits_stops_it(alice: Person, folder: Path) -> None:
    with transaction.atomic():
        waiting = messaging.send(alice.subject, "note", "information", context=NOTE, at=NOW)
        privacy.object_to(alice.subject, activity="information", source="mon-compte", at=NOW)

    waiting.refresh_from_db()
    assert (waiting.state, waiting.because, waiting.text) == (State.REFUSED, "objection", "")
    assert not list(folder.iterdir())


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_when_the_transaction_is_undone(alice: Person, folder: Path) -> None:
    with transaction.atomic():
        messaging.send(alice.subject, "note", "service-notices", context=NOTE, at=NOW)
        transaction.set_rollback(True)

    assert not Message.including_restricted.exists()
    assert not list(folder.iterdir())


@pytest.mark.django_db(transaction=True)
def test_a_person_without_email_gets_a_text_message_that_names_nobody(
    alice: Person, folder: Path
) -> None:
    privacy.forget_contact(alice.subject, kind="email")

    message = messaging.send(alice.subject, "bref", "service-notices", context=NOTE, at=NOW)

    (file,) = folder.iterdir()
    number, text = file.read_text().split("\n\n")
    assert message.channel == Channel.SMS
    assert number == alice.canaries.phone
    assert alice.canaries.last_name not in text
    assert "Une nouvelle" in text


def test_a_person_without_verified_contact_is_listed_as_unreachable(dora: Person) -> None:
    message = messaging.send(dora.subject, "note", "service-notices", context=NOTE, at=NOW)

    assert (message.state, message.channel) == (State.UNREACHABLE, Channel.NONE)
    assert not message.text


def test_a_line_break_in_a_title_opens_no_header(alice: Person) -> None:
    title = "Bonjour\r\nBcc: eve@exemple.fr"

    message = messaging.send(
        alice.subject, "note", "service-notices", context={**NOTE, "title": title}, at=NOW
    )

    assert message.title == "Bonjour Bcc: eve@exemple.fr"


@pytest.mark.parametrize(
    "address", ["a@exemple.fr\nBcc: b@exemple.fr", "a@exemple.fr,b@exemple.fr", "a", ""]
)
def test_an_address_that_hides_a_header_is_refused_before_anything_is_written(
    db: None, address: str
) -> None:
    with pytest.raises(NotAContact):
        messaging.send_code(address, "email", "note", subject=None, context=NOTE, at=NOW)

    assert not Message.including_restricted.exists()
    assert not DataSubject.objects.exists()


def test_what_a_context_holds_is_escaped_in_html_and_left_alone_in_text(alice: Person) -> None:
    words = "<b>5 > 3</b>"

    message = messaging.send(
        alice.subject, "note", "service-notices", context={**NOTE, "words": words}, at=NOW
    )

    assert words in message.text
    assert "&lt;b&gt;5 &gt; 3&lt;/b&gt;" in message.html


def test_a_code_typed_by_a_stranger_is_not_attached_to_the_owner_of_the_address(
    alice: Person,
) -> None:
    message = messaging.send_code(
        alice.canaries.email, "email", "note", subject=None, context=NOTE, at=NOW
    )

    assert message.subject != alice.subject
    assert not ContactPoint.objects.get(subject=message.subject).verified_on


def test_each_person_reads_in_their_language(alice: Person, bob: Person) -> None:
    alice.member.language = "en"
    alice.member.save()

    english = messaging.send(alice.subject, "note", "information", context=NOTE, at=NOW)
    french = messaging.send(bob.subject, "note", "information", context=NOTE, at=NOW)

    assert "Privacy policy" in english.text
    assert "Politique de confidentialité" in french.text


def test_writing_to_many_costs_the_same_queries_as_writing_to_two(
    alice: Person, bob: Person, charlie: Person, eve: Person, django_assert_num_queries: Any
) -> None:
    privacy.object_to(charlie.subject, activity="information", source="mon-compte", at=NOW)
    people = [alice, bob, charlie, eve]

    with django_assert_num_queries(8):
        written = messaging.send_many(
            {person.subject.pk: NOTE for person in people}, "note", "information", at=NOW
        )

    assert written == 3
    assert set(Message.objects.values_list("subject", flat=True)) == {
        person.subject.pk for person in (alice, bob, eve)
    }


@promise("P-015")
def test_nothing_is_sent_for_an_activity_without_a_category(alice: Person) -> None:
    with pytest.raises(NoCategory):
        messaging.send(alice.subject, "note", "account", context=NOTE, at=NOW)

    assert not Message.including_restricted.exists()
