"""Answering exercises: feedback at once, the best is kept, and nobody answers another's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from clairevoie import privacy
from clairevoie.learning.actions import answering, enrolling
from clairevoie.learning.actions.importing import import_parcours
from clairevoie.learning.answering import Given
from clairevoie.learning.models import Attempt, Enrolment, Exercise, Parcours, Way
from tests.cast import NOW, TODAY
from tests.learning.folder import SLUG, replaced, sources

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from tests.cast import Person

pytestmark = pytest.mark.django_db
CHAPTER = f"/apprendre/{SLUG}/au-centre/la-moyenne/"


@pytest.fixture
def enrolment(alice: Person) -> Enrolment:
    """Alice follows a parcours; Charlie does not."""
    import_parcours(slug=SLUG, files=sources(), publish=True, author=None, at=NOW)
    parcours = Parcours.objects.select_related("current").get(slug=SLUG)
    return enrolling.enrol(subject=alice.subject, parcours=parcours, way=Way.OPEN, at=NOW)


@pytest.fixture
def client(client: Client, alice: Person) -> Client:
    client.force_login(alice.member)
    return client


def address(code: str) -> str:
    return f"/apprendre/{SLUG}/exercices/{code}/"


def sheet(client: Client, code: str) -> str:
    """What the chapter shows of that exercise."""
    page = client.get(CHAPTER).content.decode()
    found = re.search(
        rf'<section class="exercise[^>]*id="exercice-{code}".*?</section>', page, re.DOTALL
    )
    assert found, f"{code} is not on the page"
    return found[0]


def shown(client: Client, code: str, *texts: str) -> list[str]:
    """The values of the choices that say ``texts``, as the page offers them."""
    drawn = sheet(client, code)
    values = dict(
        re.findall(r'value="(\d)"[^>]*><label class="option__text"[^>]*>(.*?)(?:<|$)', drawn)
    )
    return [value for text in texts for value, said in values.items() if said == text]


def ranks(client: Client, code: str, *items: str) -> dict[str, str]:
    """The form that puts ``items`` in that order."""
    drawn = re.findall(
        r'name="(rang-\d)".*?ranking__text"[^>]*>(.*?)<', sheet(client, code), re.DOTALL
    )
    names = {item: name for name, item in drawn}
    return {names[item]: str(rank) for rank, item in enumerate(items, start=1)}


def test_alice_fails_then_passes_and_her_best_is_kept(
    client: Client, enrolment: Enrolment
) -> None:
    code = "moyenne-simple"
    before = sheet(client, code)

    failed = client.post(address(code), {"reponse": shown(client, code, "6")})
    after_failing = sheet(client, code)
    client.post(address(code), {"reponse": shown(client, code, "3")})
    after_passing = sheet(client, code)
    client.post(address(code), {"reponse": shown(client, code, "6")})
    after_failing_again = sheet(client, code)

    assert "2 + 4 = 6" not in before
    assert "C’est la somme." not in before
    assert failed["Location"] == f"{CHAPTER}#exercice-{code}"
    assert "Pas encore." in after_failing
    assert "C’est la somme." in after_failing
    assert "exercise--wrong" in after_failing
    assert "C’est juste." in after_passing
    assert "2 + 4 = 6" in after_passing
    assert "exercise--right" in after_failing_again
    assert "Votre meilleur essai est gardé\u00a0: 1 sur 1." in after_failing_again
    tried = Attempt.objects.filter(enrolment=enrolment).order_by("number")
    assert [(one.number, one.points, one.answer["said"]) for one in tried] == [
        (1, 0, ["6"]),
        (2, 1, ["3"]),
        (3, 0, ["6"]),
    ]


def test_every_kind_is_answered_with_a_plain_form(client: Client, enrolment: Enrolment) -> None:
    forms: dict[str, dict[str, str | list[str]]] = {
        "moyenne-simple": {"reponse": shown(client, "moyenne-simple", "3")},
        "moyenne-nombres": {"reponse": "3,00 €"},
        "plusieurs": {"reponse": shown(client, "plusieurs", "4", "2")},
        "mot": {"reponse": "MEDIANES"},
        "rang": {**ranks(client, "rang", "un", "deux", "trois")},
        "trous": {"trou-1": "Deux\u00a0mille seize", "trou-2": " 2018 "},
    }

    for code, sent in forms.items():
        assert client.post(address(code), sent).status_code == 302

    tried = Attempt.objects.filter(enrolment=enrolment)
    assert {one.code for one in tried if one.is_right} == forms.keys()
    assert client.post(CHAPTER).status_code == 302, "the chapter may now be completed"


def test_a_part_of_the_answer_is_worth_a_part_of_the_points(
    client: Client, enrolment: Enrolment
) -> None:
    client.post(address("plusieurs"), {"reponse": shown(client, "plusieurs", "2")})
    client.post(address("rang"), ranks(client, "rang", "un", "trois", "deux"))

    assert "1 point sur 2" in sheet(client, "plusieurs")
    assert "1 point sur 3" in sheet(client, "rang")
    assert sheet(client, "rang").count("ranking__item--wrong") == 2


@pytest.mark.parametrize(
    ("code", "sent", "answer"),
    [
        ("moyenne-simple", {}, ("Choisissez une réponse avant de valider.", "")),
        ("moyenne-simple", {"reponse": "7"}, ("Cette réponse ne fait pas partie", "")),
        ("moyenne-nombres", {"reponse": "<b>"}, ("Écrivez un nombre seul", 'value="&lt;b&gt;"')),
        ("mot", {"reponse": ""}, ("Répondez avant de valider.", "")),
        ("mot", {"reponse": "m" * 201}, ("200 caractères au plus", f'value="{"m" * 201}"')),
        ("rang", {"rang-1": "2", "rang-2": "2"}, ("chaque rang sert une fois", "selected>2")),
        ("rang", {"rang-1": "²", "rang-2": "0"}, ("chaque rang sert une fois", "")),
        ("trous", {"trou-1": "", "trou-2": ""}, ("Répondez avant de valider.", "")),
        ("trous", {"trou-1": "x", "trou-2": "y" * 201}, ("200 caractères au plus", 'value="x"')),
    ],
)
def test_what_cannot_be_read_is_said_at_its_field_and_kept(
    client: Client, enrolment: Enrolment, code: str, sent: dict[str, str], answer: tuple[str, str]
) -> None:
    said, kept = answer

    refused = client.post(address(code), sent)

    page = refused.content.decode()
    assert refused.status_code == 422
    assert page.count(said) == 2, "on top, and beside the field"
    assert kept in page
    assert 'aria-invalid="true"' in page
    target = re.search(r'href="#(exercice-[^"]+)">', page)
    assert target
    assert f'id="{target[1]}"' in page
    assert not Attempt.objects.exists()


def test_nobody_answers_the_exercise_of_another(
    client: Client, enrolment: Enrolment, charlie: Person
) -> None:
    stranger = Client()
    stranger.force_login(charlie.member)

    by_charlie = stranger.post(address("mot"), {"reponse": "médiane"})
    by_a_visitor = Client().post(address("mot"), {"reponse": "médiane"})
    unknown = client.post(address("nulle-part"), {"reponse": "médiane"})
    files = replaced("01-au-centre/01-la-moyenne.exercices.toml", '"mot"', '"ailleurs"')
    import_parcours(slug="un-autre", files=files, publish=True, author=None, at=NOW)
    of_another_parcours = client.post(address("ailleurs"), {"reponse": "médiane"})
    enrolling.leave(enrolment=enrolment, at=NOW)
    left = client.post(address("mot"), {"reponse": "médiane"})

    assert by_charlie.status_code == 404
    assert by_a_visitor["Location"].startswith("/connexion/")
    assert [one.status_code for one in (unknown, of_another_parcours, left)] == [404, 404, 404]
    assert not Attempt.objects.exists()


def test_an_exercise_of_another_edition_is_refused(enrolment: Enrolment) -> None:
    import_parcours(
        slug=SLUG,
        files=sources(**{"01-au-centre/02-la-mediane.md": "+++\ntitle='M'\nminutes=1\n+++\nA."}),
        publish=True,
        author=None,
        at=NOW,
    )
    newer = Exercise.objects.get(edition__number=2, code="mot")

    with pytest.raises(answering.NotYours):
        answering.answer(
            enrolment=enrolment, exercise=newer, given=Given(said=("médiane",)), at=NOW
        )


def test_a_locked_person_and_the_hundred_and_first_try_are_told_why(
    client: Client, enrolment: Enrolment, alice: Person
) -> None:
    exercise = Exercise.objects.get(code="mot")
    Attempt.objects.create(
        subject=alice.subject,
        enrolment=enrolment,
        exercise=exercise,
        code="mot",
        number=answering.MOST,
        answer={"said": ["moyenne"], "picked": []},
        points=0,
        out_of=1,
        attempted_at=NOW,
    )

    once_more = client.post(address("mot"), {"reponse": "médiane"})
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)
    locked = client.post(address("trous"), {"trou-1": "2016", "trou-2": "2018"})

    assert once_more.status_code == locked.status_code == 422
    assert "essayé cet exercice cent fois" in once_more.content.decode()
    assert "Un verrouillage est en cours" in locked.content.decode()
    assert 'value="2018"' in locked.content.decode()


def test_an_address_opened_by_itself_leads_to_the_exercise(
    client: Client, enrolment: Enrolment
) -> None:
    assert client.get(address("mot"))["Location"] == f"{CHAPTER}#exercice-mot"


def test_the_exercises_of_a_chapter_cost_one_query_once_it_was_met(
    client: Client,
    enrolment: Enrolment,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    from django.template import Context, Template

    from clairevoie.learning.models import Chapter

    chapter = Chapter.objects.get(slug="la-moyenne")
    client.post(address("mot"), {"reponse": "médiane"})
    template = Template("{% load exercises %}{% exercises enrolment chapter %}")
    context = Context({"enrolment": enrolment, "chapter": chapter, "csrf_token": "jeton"})
    template.render(context)

    with django_assert_num_queries(1):
        drawn = template.render(context)

    assert drawn.count('name="csrfmiddlewaretoken" value="jeton"') == 6
    assert "\ue002" not in drawn
