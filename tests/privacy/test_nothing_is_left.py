"""After an erasure the person is found nowhere: every byte of the instance is read.

A real instance in its own folder, real processes, the real command line. Each person has a
canary in every declared table that leaves with them, and in files.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection

from tests.promises import promise

ROOT = Path(__file__).parents[2]
PEOPLE = {"by request": 77, "by term": 78, "who stays": 79}

_FILL = """
import json, sys
import django
django.setup()
from datetime import date
from clairevoie.privacy.models import DataSubject
from tests.canaries import nest
told = {}
for name, number in json.loads(sys.argv[1]).items():
    person = nest(number, lasting=False)
    told[name] = {"uuid": str(person.subject.uuid), "canaries": person.canaries}
    if name == "by term":
        DataSubject.objects.filter(pk=person.subject.pk).update(last_use=date(2020, 1, 1))
print(json.dumps(told))
"""


@pytest.fixture
def instance(tmp_path: Path, django_db_blocker: Any) -> Iterator[Instance]:
    found = Instance(tmp_path / "home")
    with django_db_blocker.unblock():
        found.create_database()
        yield found
        found.drop_database()


class Instance:
    """An instance of the platform, in a folder and a database of its own."""

    def __init__(self, home: Path) -> None:
        home.mkdir()
        self.home = home
        self._name = f"nothing_is_left_{uuid4().hex[:8]}"

    def create_database(self) -> None:
        if connection.vendor == "postgresql":
            self._execute(f"CREATE DATABASE {self._name}")
        self.run("migrate", "--verbosity", "0")

    def drop_database(self) -> None:
        if connection.vendor == "postgresql":
            self._execute(f"DROP DATABASE {self._name} WITH (FORCE)")

    def run(self, *arguments: str) -> str:
        command = [str(Path(sys.executable).parent / "clairevoie"), *arguments]
        return self._call(command)

    def python(self, code: str, *arguments: str) -> str:
        return self._call([sys.executable, "-c", code, *arguments])

    def traces(self, canaries: dict[str, str]) -> list[tuple[str, str]]:
        """(canary's place, file) wherever one is still readable."""
        return [
            (where, name)
            for name, content in self._everything()
            for canary, where in canaries.items()
            if canary.encode() in content or canary.encode("utf-16-le") in content
        ]

    def _everything(self) -> Iterator[tuple[str, bytes]]:
        for path in self.home.rglob("*"):
            if path.is_file():
                yield str(path.relative_to(self.home)), path.read_bytes()
                if zipfile.is_zipfile(path):
                    with zipfile.ZipFile(path) as archive:
                        yield from ((name, archive.read(name)) for name in archive.namelist())
        if connection.vendor == "postgresql":
            yield "pg_dump", self._call(["pg_dump", self._url]).encode()

    @property
    def _url(self) -> str:
        return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self._name}"))

    def _call(self, command: list[str]) -> str:
        environment = {
            **os.environ,
            "CLAIREVOIE_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "clairevoie.config.settings",
            "PYTHONPATH": str(ROOT),
        }
        if connection.vendor == "postgresql":
            environment["DATABASE_URL"] = self._url
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _execute(self, sql: str) -> None:
        import psycopg

        assert settings.DATABASES
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(sql)


@pytest.mark.own_database
@promise("P-084", "P-099")
def test_an_erased_person_is_found_nowhere_in_the_instance(instance: Instance) -> None:
    people = json.loads(instance.python(_FILL, json.dumps(PEOPLE)))
    for person in people.values():
        hidden = set(person["canaries"].values()) - {
            w for w, _ in instance.traces(person["canaries"])
        }
        assert not hidden, "the search must find what is there"

    instance.run("subject", "erase", people["by request"]["uuid"])
    assert instance.traces(people["by request"]["canaries"]) == []

    instance.run("retention", "run", "--on", "2026-11-23")
    assert instance.traces(people["by term"]["canaries"]) == []

    assert instance.traces(people["who stays"]["canaries"])
    assert instance.run("ledger", "verify").strip().isdigit()
