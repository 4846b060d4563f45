"""What one learned goes along, in statements that other platforms read (P-103)."""

from __future__ import annotations

import io
import json
import re
import subprocess
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.conf import settings
from django.test import Client
from jsonschema import Draft202012Validator, FormatChecker

from clairevoie import privacy
from clairevoie.learning import xapi
from clairevoie.learning.models import (
    Attempt,
    Chapter,
    Completion,
    Enrolment,
    Exercise,
    Motivation,
    Project,
    Submission,
)
from tests.canaries import nest
from tests.cast import NOW, TODAY
from tests.learning.rated import CHAPTER, follow, published, rated
from tests.promises import promise

if TYPE_CHECKING:
    from clairevoie.privacy.models import DataSubject
    from tests.cast import Person

pytestmark = pytest.mark.django_db

VERIFIER = Path(__file__).parents[1] / "credentials" / "verifier" / "statements.mjs"
SCHEMA = Path(__file__).parents[2] / "docs" / "reference" / "xapi.schema.json"


@pytest.fixture(autouse=True)
def parcours(db: None) -> None:
    published()


def pack_of(subject: DataSubject) -> ZipFile:
    written = io.BytesIO()
    privacy.export(subject, to=written, at=NOW)
    return ZipFile(written)


def statements_of(subject: DataSubject) -> list[dict[str, Any]]:
    read: list[dict[str, Any]] = json.loads(pack_of(subject).read("portabilite/xapi.json"))
    return read


def attempt(enrolment: Enrolment, code: str, said: list[str], *, number: int = 1) -> Attempt:
    exercise = Exercise.objects.get(edition__uuid=enrolment.edition_id, code=code)
    made: Attempt = Attempt.including_restricted.create(
        subject=enrolment.subject,
        enrolment=enrolment,
        exercise=exercise,
        code=code,
        number=number,
        answer={"said": said, "picked": []} if said else {},
        points=len(said),
        out_of=3,
        attempted_at=NOW,
    )
    return made


def learned(subject: DataSubject) -> Enrolment:
    """A chapter completed, three answers, a project to rework and then accepted."""
    enrolment = follow(subject)
    edition = enrolment.edition_id
    Completion.including_restricted.create(
        subject=subject,
        enrolment=enrolment,
        chapter=Chapter.objects.get(edition__uuid=edition, slug="la-mediane"),
        place=CHAPTER,
        completed_at=NOW,
    )
    attempt(enrolment, "moyenne-simple", ["6"])
    attempt(enrolment, "rang", ["un", "deux", "trois"])
    attempt(enrolment, "trous", [])
    project = Project.objects.get(edition__uuid=edition)
    for number, state in enumerate(("rework", "accepted", "waiting"), start=1):
        Submission.including_restricted.create(
            subject=subject,
            enrolment=enrolment,
            project=project,
            title=project.title,
            number=number,
            state=state,
            submitted_at=NOW,
            decided_at=None if state == "waiting" else NOW,
        )
    return enrolment


# --- The rules of structure of xAPI 1.0.3, part two, section 2 -----------------------------------

_IRI = re.compile(r"[a-z][a-z0-9+.-]*://[^\s<>\"{}|\\^`]+")
_TAG = re.compile(r"[a-zA-Z]{2,3}(-[a-zA-Z0-9]{2,8})*")
_INTERACTIONS = {
    *("true-false", "choice", "fill-in", "long-fill-in", "matching"),
    *("performance", "sequencing", "likert", "numeric", "other"),
}


def _language_map(words: dict[str, str]) -> None:
    assert words
    assert all(_TAG.fullmatch(tag) and isinstance(text, str) for tag, text in words.items())


def _activity(activity: dict[str, Any]) -> None:  # 2.4.4.1
    assert set(activity) <= {"objectType", "id", "definition"}
    assert activity["objectType"] == "Activity"
    assert _IRI.fullmatch(activity["id"])
    definition = activity["definition"]
    _language_map(definition["name"])
    assert _IRI.fullmatch(definition["type"])
    assert definition.get("interactionType", "other") in _INTERACTIONS


def _result(result: dict[str, Any]) -> None:  # 2.4.5
    allowed = {"score", "success", "completion", "response", "duration", "extensions"}
    assert set(result) <= allowed
    assert all(isinstance(result[k], bool) for k in ("success", "completion") if k in result)
    assert isinstance(result.get("response", ""), str)
    if score := result.get("score"):
        assert -1 <= score["scaled"] <= 1
        assert score["min"] <= score["raw"] <= score["max"]
        assert score["min"] < score["max"]


def follows_the_specification(statement: dict[str, Any]) -> None:
    """Whoever sends leaves ``stored``, ``authority`` and ``version`` to the store (2.4.8–2.4.10);
    nothing is null or empty (2.2)."""
    assert set(statement) <= {
        *("id", "actor", "verb", "object", "result", "context", "timestamp"),
    }
    assert "null" not in json.dumps(statement)
    UUID(statement["id"])
    actor = statement["actor"]
    assert set(actor) == {"objectType", "account"}  # 2.4.2: exactly one way to identify
    assert set(actor["account"]) == {"homePage", "name"}
    assert _IRI.fullmatch(actor["account"]["homePage"])
    assert _IRI.fullmatch(statement["verb"]["id"])
    _language_map(statement["verb"]["display"])
    _activity(statement["object"])
    _result(statement["result"])
    context = statement["context"]
    UUID(context["registration"])
    assert isinstance(context["revision"], str)  # 2.4.6: only where the object is an activity
    assert _TAG.fullmatch(context["language"])
    for activities in context["contextActivities"].values():
        for activity in activities:
            _activity(activity)
    assert datetime.fromisoformat(statement["timestamp"]).utcoffset() == timedelta(0)


def refused_by_learning_locker(statements: list[dict[str, Any]]) -> list[str]:
    """What the validator of a record store finds wrong with each; nobody here wrote it."""
    ran = subprocess.run(
        ["node", str(VERIFIER)],
        input=json.dumps(statements),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, f"script/test installs it: {ran.stderr}"
    answers: list[str] = json.loads(ran.stdout)
    return answers


# --- Tests --------------------------------------------------------------------------------------


@promise("P-103")
def test_each_deed_is_one_statement_that_other_platforms_read(alice: Person) -> None:
    learned(alice.subject)

    statements = statements_of(alice.subject)

    told = [
        (one["verb"]["id"].rpartition("/")[2], one["object"]["id"].partition("/apprendre/")[2])
        for one in statements
    ]
    assert told == [
        ("completed", "lire-des-chiffres/au-centre/la-mediane/"),
        ("answered", "lire-des-chiffres/exercices/moyenne-simple/"),
        ("answered", "lire-des-chiffres/exercices/rang/"),
        ("answered", "lire-des-chiffres/exercices/trous/"),
        ("failed", "lire-des-chiffres/autour/projet/"),
        ("passed", "lire-des-chiffres/autour/projet/"),
    ]
    for statement in statements:
        follows_the_specification(statement)
    Draft202012Validator(json.loads(SCHEMA.read_text()), format_checker=FormatChecker()).validate(
        statements
    )
    assert statements[2]["result"] == {
        "score": {"scaled": 1.0, "raw": 3, "min": 0, "max": 3},
        "success": True,
        "response": "un[,]deux[,]trois",
    }
    assert "response" not in statements[3]["result"]


@promise("P-103")
def test_a_validator_that_we_did_not_write_accepts_each_statement(alice: Person) -> None:
    learned(alice.subject)
    ours = [*statements_of(alice.subject), *statements_of(nest(77).subject)]
    score = {"scaled": 1.5, "raw": 3, "min": 0, "max": 2}
    altered = [
        {**ours[1], "result": {"score": score}},
        {**ours[0], "timestamp": "lundi"},
        {**ours[0], "actor": {**ours[0]["actor"], "mbox": "mailto:a@example.org"}},
        {**ours[0], "verb": {"id": "terminé"}},
    ]

    answers = refused_by_learning_locker([*ours, *altered])

    assert answers[: len(ours)] == [""] * len(ours)
    assert all(answers[len(ours) :]), answers


@promise("P-103")
def test_the_person_is_a_number_of_this_site_without_name_or_address(alice: Person) -> None:
    learned(alice.subject)

    pack = pack_of(alice.subject)
    text = pack.read("portabilite/xapi.json").decode()

    account = {"homePage": f"{settings.SITE_URL}/", "name": str(alice.subject.uuid)}
    assert all(one["actor"]["account"] == account for one in json.loads(text))
    assert not any(canary in text for canary in alice.canaries.all)
    assert "xapi.json" in pack.read("lisez-moi.html").decode()


def test_a_number_typed_the_french_way_is_one_that_programs_read(alice: Person) -> None:
    enrolment = follow(alice.subject)
    for number, typed in enumerate(("12,5", "1,234", "douze"), start=1):
        attempt(enrolment, "moyenne-nombres", [typed], number=number)

    told = [one["result"]["response"] for one in statements_of(alice.subject)]

    assert told == ["12.5", "1,234", "douze"]


def test_two_copies_say_the_same_with_the_same_numbers(alice: Person) -> None:
    learned(alice.subject)

    once, again = statements_of(alice.subject), statements_of(alice.subject)

    assert once == again
    assert len({statement["id"] for statement in once}) == len(once)


@promise("P-103")
def test_ratings_and_motivation_are_no_statement_and_a_prospect_has_no_such_file(
    alice: Person, dora: Person
) -> None:
    rated(alice, 5, "Bien.")

    assert "portabilite/xapi.json" not in pack_of(alice.subject).namelist()
    pack = pack_of(dora.subject)
    assert "portabilite/xapi.json" not in pack.namelist()
    assert "xapi.json" not in pack.read("lisez-moi.html").decode()


@promise("P-103")
def test_progress_and_ratings_may_be_carried_elsewhere_what_is_derived_may_not(
    alice: Person,
) -> None:
    enrolment = learned(alice.subject)
    rated(alice, 5, "Bien.")
    Motivation.including_restricted.create(
        subject=alice.subject, enrolment=enrolment, level="low", because={}, computed_on=TODAY
    )

    document = json.loads(pack_of(alice.subject).read("portabilite/donnees.json"))
    carried = {category["code"]: category["rows"] for category in document["categories"]}

    assert carried["accounts.member"]
    assert carried["learning.completion"][0]["place"] == CHAPTER
    assert carried["learning.rating"][0]["score"] == 5
    assert "learning.motivation" not in carried


def test_values_that_nobody_foresaw_still_make_statements() -> None:
    person = nest(77)

    statements = statements_of(person.subject)

    assert statements
    for statement in statements:
        follows_the_specification(statement)


def test_nobody_else_is_in_the_file(alice: Person, charlie: Person) -> None:
    learned(alice.subject)
    learned(charlie.subject)

    assert len(statements_of(alice.subject)) == 6
    assert str(charlie.subject.uuid) not in json.dumps(statements_of(alice.subject))


def test_memory_stays_flat_whatever_one_did(alice: Person) -> None:
    enrolment = learned(alice.subject)
    one = Attempt.including_restricted.filter(enrolment=enrolment).first()
    assert one is not None
    fields = ("subject_id", "enrolment_id", "exercise_id", "code", "answer", "points", "out_of")
    values = {name: getattr(one, name) for name in fields}
    Attempt.including_restricted.bulk_create(
        Attempt(**values, number=number, attempted_at=NOW) for number in range(2, 4_801)
    )
    peaks = []

    for number in (2_100, 4_800):  # past one page of rows
        tracemalloc.start()
        for rank, _piece in enumerate(xapi.pieces(alice.subject)):
            if rank == number:
                break
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] * 1.2


def test_the_schema_is_published_with_the_site(client: Client) -> None:
    answer = client.get("/formats/xapi.schema.json")

    assert answer["Content-Type"] == "application/schema+json"
    assert answer.json() == json.loads(SCHEMA.read_text())
    Draft202012Validator.check_schema(answer.json())
