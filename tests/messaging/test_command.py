"""``clairevoie mailing``: letters to many from the command line."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from clairevoie.messaging.models import Pace
from tests.messaging.conftest import Mailbox
from tests.messaging.readers import readers, start

pytestmark = pytest.mark.django_db(transaction=True)


def said(*words: object) -> Any:
    out = StringIO()
    call_command("mailing", *map(str, words), "--json", stdout=out)
    return json.loads(out.getvalue())


def test_a_mailing_is_listed_run_and_told_as_one_document(mailbox: Mailbox) -> None:
    readers(3)
    mailing = start()

    listed = said("list")
    ran = said("run", mailing.uuid)
    told = said("progress", mailing.uuid)

    assert [line["uuid"] for line in listed] == [str(mailing.uuid)]
    assert ran == told
    assert (told["state"], told["sent"], told["waiting"]) == ("done", 3, 0)
    assert len(mailbox.mails) == 3


def test_it_is_paused_resumed_and_cancelled(mailbox: Mailbox) -> None:
    readers(1)
    mailing = start()

    states = [said(verb, mailing.uuid)["state"] for verb in ("pause", "resume", "cancel")]

    assert states == [Pace.PAUSED, Pace.SENDING, Pace.CANCELLED]
    with pytest.raises(CommandError, match="plus en cours"):
        said("resume", mailing.uuid)


def test_people_read_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    readers(2)
    mailing = start()

    call_command("mailing", "progress", str(mailing.uuid))

    shown = capsys.readouterr().out
    assert mailing.title in shown
    assert "en cours d’envoi" in shown


def test_an_unknown_number_is_said_so() -> None:
    with pytest.raises(CommandError, match="Aucun envoi"):
        said("progress", uuid4())
