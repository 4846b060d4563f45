"""Rating what one follows: by its learners, once a unit, changed and taken back at will."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.test import Client

from clairevoie import consent, privacy
from clairevoie.learning.actions import counting, enrolling, rating, reviewing
from clairevoie.learning.models import Parcours, Rating, Unit, published_reviews
from clairevoie.surveys.models import Answer, Survey
from tests.cast import NOW, TODAY
from tests.gestion.conftest import give_second_factor, press
from tests.learning.folder import SLUG
from tests.learning.rated import CHAPTER, follow, night, published, rated, rated_by_strangers
from tests.promises import promise

if TYPE_CHECKING:
    from tests.cast import Person

pytestmark = pytest.mark.django_db

GIVE = f"/apprendre/{SLUG}/noter/"
READ = f"/apprendre/{SLUG}/{CHAPTER}/"
REVIEW = "Clair et vivant, zzyx-avis."
STARS = {"unite": "chapter", "lieu": CHAPTER, "suite": READ, "score": "4", "review": ""}


@pytest.fixture(autouse=True)
def parcours(db: None) -> Parcours:
    return published()


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person.member)
    return client


def public_page() -> str:
    return Client().get(f"/parcours/{SLUG}/").content.decode()


# --- Giving -------------------------------------------------------------------------------------


def test_alice_rates_the_chapter_she_reads_and_finds_her_stars_there(alice: Person) -> None:
    client = signed_in(alice)
    follow(alice.subject)
    before = client.get(READ).content.decode()

    answer = client.post(GIVE, STARS)

    assert "Notez ce chapitre" in before
    assert answer["Location"] == f"{READ}#votre-note"
    after = client.get(READ).content.decode()
    assert "Notez ce chapitre" not in after
    assert 'aria-label="4 sur 5"' in after


def test_the_small_form_carries_a_true_token(alice: Person) -> None:
    follow(alice.subject)
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice.member)
    page = client.get(READ).content.decode()
    form = page.partition('<form class="rate"')[2].partition("</form>")[0]
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))

    assert client.post(GIVE, {**STARS, **sent}).status_code == 302
    assert client.post(GIVE, STARS).status_code == 403


def test_a_second_rating_changes_the_first(alice: Person) -> None:
    rated(alice, 2, unit=Unit.CHAPTER, place=CHAPTER)

    rated(alice, 5, "Mieux, relu.", unit=Unit.CHAPTER, place=CHAPTER)

    (given,) = Rating.objects.all()
    assert (given.score, given.review) == (5, "Mieux, relu.")


@pytest.mark.parametrize(
    ("unit", "place"),
    [
        (Unit.PARCOURS, ""),
        (Unit.MODULE, "au-centre"),
        (Unit.CHAPTER, CHAPTER),
        (Unit.EXERCISE, "plusieurs"),
        (Unit.PROJECT, "autour/projet"),
    ],
)
def test_every_kind_of_unit_can_be_rated(alice: Person, unit: str, place: str) -> None:
    client = signed_in(alice)
    follow(alice.subject)

    asked = client.get(GIVE, {"unite": unit, "lieu": place})
    client.post(GIVE, {**STARS, "unite": unit, "lieu": place})

    assert asked.status_code == 200
    assert Rating.objects.get().place == place


def test_all_that_can_be_rated_stands_on_one_page(alice: Person) -> None:
    follow(alice.subject)
    rated(alice, 3, unit=Unit.MODULE, place="au-centre")

    page = signed_in(alice).get(GIVE).content.decode()

    for words in ("Autour", "La médiane", "Exercice 2 – La moyenne", "Décrire un tableau"):
        assert words in page
    assert 'aria-label="3 sur 5"' in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"score": ""}, "Choisissez une note"),
        ({"score": "6"}, "Choisissez une note"),
        ({"score": "4", "review": "x" * 2001}, "2000"),
    ],
)
def test_a_rating_that_cannot_be_is_refused_and_what_was_typed_stays(
    alice: Person, typed: dict[str, str], said: str
) -> None:
    follow(alice.subject)

    page = signed_in(alice).post(GIVE, {**STARS, "review": "Mon mot.", **typed})

    assert page.status_code == 422
    assert said in page.content.decode()
    assert typed.get("review", "Mon mot.") in page.content.decode()
    assert not Rating.objects.exists()


@pytest.mark.parametrize("place", ["au-centre/inconnu", "", "autour"])
def test_what_is_not_in_the_edition_that_is_followed_cannot_be_rated(
    alice: Person, place: str
) -> None:
    enrolment = follow(alice.subject)

    page = signed_in(alice).post(GIVE, {**STARS, "lieu": place})

    assert page.status_code == 404
    with pytest.raises(rating.UnknownUnit):
        rating.rate(enrolment=enrolment, unit="chapter", place=place, score=3, review="", at=NOW)


def test_only_those_who_follow_may_rate(charlie: Person) -> None:
    stranger = signed_in(charlie).post(GIVE, STARS)
    visitor = Client().post(GIVE, STARS)
    enrolment = follow(charlie.subject)
    enrolling.leave(enrolment=enrolment, at=NOW)

    assert stranger.status_code == 404
    assert visitor["Location"].startswith("/connexion/")
    with pytest.raises(rating.NotFollowing):
        rating.rate(enrolment=enrolment, unit="parcours", place="", score=3, review="", at=NOW)


def test_the_way_back_never_leaves_the_site(alice: Person) -> None:
    follow(alice.subject)

    answer = signed_in(alice).post(GIVE, {**STARS, "suite": "https://ailleurs.example/"})

    assert answer["Location"] == GIVE


def test_whoever_objects_is_neither_rating_nor_counted(alice: Person) -> None:
    enrolment = follow(alice.subject)
    rated(alice, 1)
    rated_by_strangers(5, 5, 5, 5)
    privacy.object_to(alice.subject, activity="rating", source="mon-compte", at=NOW)

    counting.count(at=night())

    assert 'id="resultats"' not in public_page()
    with pytest.raises(rating.RatingRefused):
        rating.rate(enrolment=enrolment, unit="parcours", place="", score=3, review="", at=NOW)


# --- « Mes notes » ------------------------------------------------------------------------------


def test_her_ratings_are_listed_changed_and_taken_back(alice: Person) -> None:
    client = signed_in(alice)
    given = rated(alice, 2, REVIEW, unit=Unit.CHAPTER, place=CHAPTER)
    url = f"/mon-compte/notes/{given.uuid}/"

    listed = client.get("/mon-compte/notes/").content.decode()
    opened = client.get(url).content.decode()
    changed = client.post(url, {"score": "5", "review": "Bien."})
    given.refresh_from_db()
    weighed = client.get(f"{url}retirer/").content.decode()
    client.post(f"{url}retirer/")

    assert "La médiane" in listed
    assert REVIEW in listed
    assert 'value="2" checked' in opened
    assert (changed.status_code, given.score, given.review) == (302, 5, "Bien.")
    assert "Ce qui part" in weighed
    assert not Rating.including_restricted.exists()
    assert "encore rien noté" in client.get("/mon-compte/notes/").content.decode()


def test_another_persons_rating_does_not_exist(alice: Person, charlie: Person) -> None:
    given = rated(alice, 2, REVIEW)
    client = signed_in(charlie)

    for end in ("", "publier/", "depublier/", "retirer/"):
        assert client.post(f"/mon-compte/notes/{given.uuid}/{end}").status_code == 404
    assert REVIEW not in client.get("/mon-compte/notes/").content.decode()


def test_the_list_costs_no_query_for_each(
    alice: Person, django_assert_max_num_queries: Any
) -> None:
    rated(alice, 2)
    for place in ("au-centre", "autour"):
        rated(alice, 4, unit=Unit.MODULE, place=place)
    client = signed_in(alice)
    client.get("/mon-compte/notes/")

    with django_assert_max_num_queries(8):
        client.get("/mon-compte/notes/")


# --- Reviews ------------------------------------------------------------------------------------


def shown(person: Person) -> Rating:
    given = rated(person, 1, REVIEW)
    reviewing.publish(rating=given, text="J’accepte.", at=NOW)
    reviewing.moderate(rating=given, accepted=True, moderator=uuid4(), at=NOW)
    return given


@promise("P-023")
def test_a_single_star_without_consent_shows_neither_name_nor_pseudo_nor_score(
    alice: Person,
) -> None:
    given = rated(alice, 1, REVIEW)
    reviewing.moderate(rating=given, accepted=True, moderator=uuid4(), at=NOW)
    counting.count(at=night())

    for page in (public_page(), Client().get("/catalogue/").content.decode()):
        assert REVIEW not in page
        assert not any(canary in page for canary in alice.canaries.all)
        assert "/ 5" not in page


def test_a_review_appears_with_the_pseudo_once_agreed_to_and_read_again(alice: Person) -> None:
    client = signed_in(alice)
    given = rated(alice, 1, REVIEW)

    unticked = client.post(f"/mon-compte/notes/{given.uuid}/publier/", {})
    client.post(f"/mon-compte/notes/{given.uuid}/publier/", {"agreed": "on"})
    waiting = public_page()
    given.refresh_from_db()
    reviewing.moderate(rating=given, accepted=True, moderator=uuid4(), at=NOW)
    page = public_page()

    assert unticked.status_code == 422
    assert REVIEW not in waiting
    own = client.get(f"/mon-compte/notes/{given.uuid}/").content.decode()
    assert "relu avant de reparaître" in own
    assert REVIEW in page
    assert alice.canaries.pseudo in page
    assert "1 sur 5" not in page
    others = set(alice.canaries.all) - {alice.canaries.pseudo}
    assert not any(canary in page for canary in others)
    assert REVIEW in Client().get(f"/parcours/{SLUG}/avis/").content.decode()


def test_a_changed_review_is_read_again_and_an_emptied_one_ends_the_consent(
    alice: Person,
) -> None:
    given = shown(alice)

    rating.revise(rating=given, score=1, review="Autre.", at=NOW)
    changed = public_page()
    rating.revise(rating=given, score=1, review="", at=NOW)

    assert "Autre." not in changed
    assert not privacy.may(alice.subject, "testimonials").allowed


def test_withdrawing_the_consent_takes_the_review_off_at_once(alice: Person) -> None:
    given = shown(alice)

    signed_in(alice).post(f"/mon-compte/notes/{given.uuid}/depublier/")

    assert REVIEW not in public_page()
    assert not privacy.may(alice.subject, "testimonials").allowed


def test_a_consent_withdrawn_in_mon_compte_takes_it_off_too(alice: Person) -> None:
    shown(alice)

    privacy.withdraw_consent(alice.subject, activity="testimonials", source="compte", at=NOW)

    assert REVIEW not in public_page()


def test_a_consent_withdrawn_elsewhere_is_known_on_the_page_of_the_rating(alice: Person) -> None:
    given = shown(alice)
    client = signed_in(alice)

    consent.withdraw(alice.subject, activity="testimonials", source="mon-compte", at=NOW)

    given.refresh_from_db()
    assert given.consent is None
    assert "Publier mon avis" in client.get(f"/mon-compte/notes/{given.uuid}/").content.decode()


def test_ending_one_publication_leaves_the_others_of_its_author(alice: Person) -> None:
    given = shown(alice)
    survey = Survey.objects.create(
        slug="s", training="S", ended_on=TODAY, opened_on=TODAY, closes_on=TODAY
    )
    Answer.objects.create(
        survey=survey,
        subject=alice.subject,
        score=9,
        review="Ailleurs.",
        answered_on=TODAY,
        consent=given.consent,
    )

    reviewing.unpublish(rating=given, at=NOW)

    assert not published_reviews(SLUG).exists()
    assert privacy.may(alice.subject, "testimonials").allowed


def test_the_room_shows_agreed_reviews_alone_and_no_score(
    alice: Person, charlie: Person, eve: Person
) -> None:
    private = rated(charlie, 1, "Privé, zzyx.")
    given = rated(alice, 2, REVIEW)
    reviewing.publish(rating=given, text="J’accepte.", at=NOW)
    give_second_factor(eve)
    client = signed_in(eve)
    room = f"/gestion/avis-parcours/{given.uuid}/"

    page = client.get(room).content.decode()
    hidden = client.get(f"/gestion/avis-parcours/{private.uuid}/")
    press(client, f"{room}publier/")

    assert REVIEW in page
    assert "1 avis" in " ".join(client.get("/gestion/avis-parcours/").content.decode().split())
    assert alice.canaries.pseudo not in page
    assert hidden.status_code == 404
    assert REVIEW in public_page()


def test_a_review_that_was_emptied_in_another_window_is_not_published(alice: Person) -> None:
    given = rated(alice, 4, REVIEW)
    rating.revise(rating=given, score=4, review="", at=NOW)

    with pytest.raises(reviewing.NothingToPublish):
        reviewing.publish(rating=given, text="J’accepte.", at=NOW)

    assert not privacy.may(alice.subject, "testimonials").allowed


def test_words_that_changed_under_the_eyes_of_who_reads_them_are_read_again(
    alice: Person, eve: Person
) -> None:
    given = rated(alice, 4, REVIEW)
    reviewing.publish(rating=given, text="J’accepte.", at=NOW)
    give_second_factor(eve)
    client, page = signed_in(eve), f"/gestion/avis-parcours/{given.uuid}/publier/"
    as_read = client.get(page).context["mark"]
    rating.revise(rating=given, score=1, review="Tout autre chose, zzyx.", at=NOW)

    refused = client.post(page, {"lu": as_read})
    with pytest.raises(reviewing.ReviewChanged):
        reviewing.moderate(rating=given, accepted=True, moderator=uuid4(), at=NOW)

    assert refused.status_code == 422
    assert "Tout autre chose, zzyx." in refused.content.decode()
    assert not published_reviews(SLUG).exists()
    press(client, page)
    assert published_reviews(SLUG).exists()


def test_a_locked_author_is_neither_shown_nor_rating(alice: Person) -> None:
    given = shown(alice)
    privacy.restrict(alice.subject, ground="accuracy", on=TODAY)

    assert not published_reviews(SLUG).exists()
    with pytest.raises(rating.RatingRefused):
        rating.revise(rating=given, score=5, review=REVIEW, at=NOW)
