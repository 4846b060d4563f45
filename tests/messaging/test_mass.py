"""A campaign reaches everyone who may be written to, once each, whatever kills its workers."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from clairevoie import messaging, privacy
from clairevoie.messaging.models import Mailing, Message
from clairevoie.privacy.models import DataSubject
from tests.cast import NOW, TODAY
from tests.messaging.campaign import free_port, mail_server, received
from tests.messaging.readers import address, readers, start
from tests.promises import promise

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def worker(mailing: Mailing, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own on the database of the test."""
    here = connection.settings_dict
    url = f"sqlite:///{here['NAME']}"
    if connection.vendor == "postgresql":
        url = f"postgres://{here['USER']}@{quote(here['HOST'], safe='')}/{here['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "clairevoie.config.settings",
        "CLAIREVOIE_HOME": str(settings.HOME),
        "DATABASE_URL": url,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}",
    }
    command = [sys.executable, "-m", "clairevoie", "mailing", "run", str(mailing.uuid), "--json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(file: Path, mails: int, process: subprocess.Popen[bytes]) -> None:
    """Until the server has seen so many, or the worker has ended."""
    limit = time.monotonic() + 120
    while time.monotonic() < limit and process.poll() is None:
        if file.exists() and file.read_bytes().count(b"\n") >= mails:
            return
        time.sleep(0.002)


@promise("P-057")
def test_two_thousand_among_2400_get_one_mail_each_through_six_kills(tmp_path: Path) -> None:
    good = readers(2_000)
    objected, withdrawn, restricted, erased, suppressed, gone = (readers(60) for _ in range(6))
    readers(40, verified=False)
    for person in objected:
        privacy.object_to(person, activity="newsletter", source="test", at=NOW)
    for person in withdrawn:
        privacy.withdraw_consent(person, activity="newsletter", source="test", at=NOW)
    DataSubject.objects.filter(pk__in=[p.pk for p in restricted]).update(restricted=True)
    for person in erased:
        privacy.erase(person, because="demande", on=TODAY)
    messaging.suppress_many(
        [("email", address(p)) for p in suppressed],
        purpose="newsletter",
        because="import",
        at=NOW,
    )
    mailing = start()
    for person in gone:  # erased once they were enqueued
        privacy.erase(person, because="demande", on=TODAY)
    file, port = tmp_path / "mails", free_port()
    connection.close()

    with mail_server(port, file):
        for kill in range(6):
            with worker(mailing, port) as process:
                wait_for(file, 250 * (kill + 1) + random.randrange(100), process)
                time.sleep(random.random() / 50)
                process.send_signal(signal.SIGKILL)
        with worker(mailing, port) as process:
            assert process.wait(timeout=180) == 0

    mails = received(file)
    assert sorted(to for _, to in mails) == sorted(map(address, good))
    assert len({number for number, _ in mails}) == 2_000
    progress = messaging.mailing_progress(mailing)
    assert (progress.total, progress.sent, progress.refused) == (2_160, 2_000, 60)
    assert (progress.failed, progress.waiting) == (40, 0)
    assert not Message.including_restricted.exclude(address="").exists()
