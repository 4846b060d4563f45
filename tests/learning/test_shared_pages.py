"""What is kept for all readers says nothing of any: learners, editions, languages."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clairevoie.learning.actions import reading
from clairevoie.learning.models import Attempt, Cohort, Rating, Teaching
from clairevoie.learning.standing import standing_at, standing_in
from tests.cast import NOW, TODAY
from tests.learning.folder import SLUG, sources
from tests.learning.learner import chapters, follow, import_one, signed_in

if TYPE_CHECKING:
    from django.test import Client

    from clairevoie.learning.models import Enrolment, Parcours
    from tests.cast import Person

pytestmark = pytest.mark.django_db

HERE = f"/apprendre/{SLUG}/"
MEAN = f"{HERE}au-centre/la-moyenne/"
MEDIAN = f"{HERE}au-centre/la-mediane/"
DASHBOARD = "/mon-compte/formations/"
PAGES = (HERE, MEAN, MEDIAN, DASHBOARD)
SAID = "<b>%proof%\ue000\ue003 moyenne"  # what a learner may type to be taken for a page's own


@pytest.fixture
def parcours(db: None) -> Parcours:
    return import_one(sources())


def make(person: Person, enrolment: Enrolment, parcours: Parcours) -> None:
    """A cohort and its trainer, an answer typed, a chapter done, the parcours rated."""
    cohort = Cohort.objects.create(
        slug="la-sienne", parcours=parcours, name="Session \ue000 <b>", starts_on=TODAY
    )
    Teaching.objects.create(subject=person.subject, cohort=cohort, since=TODAY)
    enrolment.cohort = cohort
    enrolment.enrolled_at = NOW - timedelta(days=40)
    enrolment.save()
    first, second, *_ = chapters(enrolment)
    for exercise in first.exercises.all():
        Attempt.objects.create(
            subject=person.subject,
            enrolment=enrolment,
            exercise=exercise,
            code=exercise.code,
            number=1,
            answer={"said": [SAID], "picked": []} if exercise.kind == "short" else {},
            points=0,
            out_of=1,
            attempted_at=NOW,
        )
    reading.complete(enrolment=enrolment, chapter=second, at=NOW)
    Rating.objects.create(
        subject=person.subject, parcours=parcours, unit="parcours", score=2, answered_on=TODAY
    )


def shown(client: Client, address: str) -> str:
    """The page, without what differs from one page to the next of the same reader."""
    text = client.get(address).content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)


def test_a_page_is_the_same_whoever_read_it_before(
    alice: Person, charlie: Person, parcours: Parcours
) -> None:
    hers, his = signed_in(alice), signed_in(charlie)
    follow(charlie, parcours)
    for page in PAGES:  # where one left is said on the page of the parcours
        his.get(page)
    before = [shown(his, page) for page in PAGES]
    make(alice, follow(alice, parcours), parcours)
    for page in PAGES:
        hers.get(page)

    of_alice = [shown(hers, page) for page in PAGES]
    after = [shown(his, page) for page in PAGES]

    assert after == before
    assert [shown(hers, page) for page in PAGES] == of_alice
    assert all(one != other for one, other in zip(of_alice, after, strict=True))
    for words in ("Session ", str(alice.member.full_name), "25\u00a0%", "2026-10-13"):
        assert any(words in text for text in of_alice), words
        assert not any(words in text for text in after), words


def test_what_somebody_typed_is_taken_for_nothing_else(alice: Person, parcours: Parcours) -> None:
    make(alice, follow(alice, parcours), parcours)
    client = signed_in(alice)

    course, page = (client.get(address).content.decode() for address in (HERE, MEAN))

    assert "Session \ue000 &lt;b&gt;" in course
    assert "&lt;b&gt;%proof%\ue000\ue003 moyenne" in page
    for text in (course, page):
        assert text.count('name="csrfmiddlewaretoken" value="') == text.count(
            "csrfmiddlewaretoken"
        )
        assert len(set(re.findall(r'csrfmiddlewaretoken" value="(\w{64})"', text))) == 1


def test_each_edition_and_each_language_has_its_own(
    alice: Person, charlie: Person, parcours: Parcours
) -> None:
    hers, his = signed_in(alice), signed_in(charlie)
    follow(alice, parcours)
    hers.get(MEDIAN)  # where she left is said on the page of the parcours
    old = {page: shown(hers, page) for page in (HERE, MEDIAN)}
    files = sources()
    path = next(name for name in files if name.endswith("la-mediane.md"))
    files[path] = files[path].replace("La moitié au-dessus".encode(), "Une autre moitié".encode())
    follow(charlie, import_one(files))

    his.get(MEDIAN)
    new = {page: shown(his, page) for page in (HERE, MEDIAN)}
    his.cookies["clairevoie_langue"] = "en"
    english = {page: shown(his, page) for page in (HERE, MEDIAN)}

    assert {page: shown(hers, page) for page in old} == old
    assert "Une autre moitié" in new[MEDIAN]
    assert "La moitié au-dessus" in old[MEDIAN]
    assert ("n° 1," in old[HERE], "n° 2," in new[HERE]) == (True, True)
    for page, french in (("Les étapes", new[HERE]), ("Précédent", new[MEDIAN])):
        assert page in french
        assert page not in english[HERE] + english[MEDIAN]


def test_where_one_stands_is_read_at_once(alice: Person, parcours: Parcours) -> None:
    enrolment = follow(alice, parcours)
    make(alice, enrolment, parcours)
    standing_in(alice.member, SLUG)  # this process meets the edition

    with CaptureQueriesContext(connection) as queries:
        whole = standing_in(alice.member, SLUG)
        step = standing_at(alice.member, SLUG, "au-centre", "la-moyenne")
        elsewhere = standing_at(alice.member, SLUG, "au-centre", "la-mediane")

    assert len(queries) == 3
    assert whole is not None
    assert step is not None
    assert elsewhere is not None
    assert whole.done == step.done == {"au-centre/la-mediane": NOW}
    assert (whole.trainers, whole.plays) == ([alice.member.full_name], False)
    assert [star.score for star in whole.stars.values()] == [2]
    exercises = chapters(enrolment)[0].exercises.values_list("pk", flat=True)
    assert (set(step.tries), elsewhere.tries) == (set(exercises), {})
