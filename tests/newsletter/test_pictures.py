"""Pictures of a letter: drawn again, carried inside the mail, asked of nobody, gone with it."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from clairevoie import messaging
from clairevoie.messaging.models import Mailing
from clairevoie.newsletter.actions import illustrating, sending, starting, writing
from clairevoie.newsletter.models import Campaign, Picture, Topic
from tests.cast import NOW, Person
from tests.gestion.conftest import SignIn, at_work
from tests.messaging.conftest import folder
from tests.newsletter.scene import subscribed
from tests.newsletter.test_sending import draft, letter, sent

pytestmark = pytest.mark.django_db
__all__ = ["at_work", "folder"]

SHOWN = "Voici la salle.\n\n![La salle, avec douze tables](salle.jpg)\n\nÀ bientôt."


def photograph(width: int = 1_600, height: int = 900, form: str = "JPEG", **how: Any) -> bytes:
    out = BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, form, **how)
    return out.getvalue()


def with_a_place() -> bytes:
    """A photograph that says where it was taken."""
    where = Image.Exif()
    where[0x8825] = {1: "N", 2: (48.0, 51.0, 30.0)}
    return photograph(exif=where)


def joined(campaign: Campaign, name: str = "Salle.JPG", **more: Any) -> Picture:
    values = {"data": photograph(), "description": "La salle", "author": uuid4(), "at": NOW}
    return illustrating.join_picture(campaign=campaign, name=name, **{**values, **more})


def illustrated(topics: list[Topic]) -> Campaign:
    """A draft that shows one picture, and has another that it does not show."""
    campaign = letter(topics)
    joined(campaign)
    joined(campaign)
    words = draft(topics, body=SHOWN)
    return writing.write_letter(draft=words, campaign=campaign, author=uuid4(), at=NOW)


def mails(folder: Path) -> list[EmailMessage]:
    found = [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in folder.glob("*.eml")
    ]
    return [mail for mail in found if "ateliers" in str(mail["Subject"])]


def assert_carries_its_picture(mail: EmailMessage) -> None:
    """The reader's software finds it inside, and has nobody to ask."""
    html = mail.get_body(("html",))
    plain = mail.get_body(("plain",))
    assert isinstance(html, EmailMessage)
    assert isinstance(plain, EmailMessage)
    sources = re.findall(r'src="([^"]*)"', html.get_content())
    (picture,) = [part for part in mail.walk() if part.get_content_maintype() == "image"]
    assert sources == ["cid:" + str(picture["Content-ID"]).strip("<>")]
    assert picture.get_content_disposition() == "inline"
    assert Image.open(BytesIO(picture.get_content())).size == (1_152, 648)
    assert 'alt="La salle, avec douze tables"' in html.get_content()
    assert "[La salle, avec douze tables]" in plain.get_content()
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/alternative",
        *("text/plain", "multipart/related", "text/html", "image/jpeg"),
    ]


# --- In the mail --------------------------------------------------------------------------------


def test_a_picture_travels_inside_the_mail_and_is_asked_of_nobody(
    topics: list[Topic], alice: Person, folder: Path
) -> None:
    subscribed(alice, topics)
    campaign = illustrated(topics)
    sending.send_letter(campaign=campaign, number=1, author=uuid4(), at=NOW)
    campaign.refresh_from_db()
    mailing = starting.start(campaign=campaign, at=NOW)
    assert mailing is not None

    messaging.run_mailing(mailing, clock=lambda: NOW)

    (mail,) = mails(folder)
    assert_carries_its_picture(mail)
    assert "http" not in Mailing.objects.get().html.split("<img")[1].split(">")[0]


@pytest.mark.django_db(transaction=True)
def test_the_test_shows_it_as_readers_will_see_it(
    topics: list[Topic], alice: Person, folder: Path
) -> None:
    sending.send_test(campaign=illustrated(topics), reader=alice.subject, at=NOW)

    (mail,) = mails(folder)
    assert_carries_its_picture(mail)


def test_no_place_and_no_device_is_left_in_it(topics: list[Topic]) -> None:
    picture = joined(letter(topics), data=with_a_place())

    kept = Image.open(BytesIO(picture.content))
    assert (dict(kept.getexif()), "exif" in kept.info) == ({}, False)


def test_what_is_transparent_stays_so_and_a_heavy_drawing_becomes_a_photograph(
    topics: list[Topic],
) -> None:
    campaign, out, noise = letter(topics), BytesIO(), BytesIO()
    Image.new("RGBA", (40, 20), (10, 102, 80, 0)).save(out, "PNG")
    Image.effect_noise((500, 400), 90).convert("RGB").save(noise, "PNG")

    clear = joined(campaign, "logo.png", data=out.getvalue())
    heavy = joined(campaign, "bruit.png", data=noise.getvalue())
    webp = joined(campaign, "récit d’été.webp", data=photograph(form="WEBP"))

    assert (clear.name, clear.form, heavy.name) == ("logo.png", "png", "bruit.jpg")
    assert webp.name == "recit-dete.jpg"


# --- In the back office and in the archive ------------------------------------------------------


def test_the_author_joins_places_and_removes_a_picture(
    eve: Person, topics: list[Topic], at_work: SignIn
) -> None:
    client, campaign = at_work(eve), letter(topics)
    page = f"/gestion/lettres/{campaign.uuid}/"

    upload = SimpleUploadedFile("Salle 2.jpg", photograph())
    client.post(f"{page}joindre/", {"file": upload, "description": "Vue [large] de la salle"})
    prepared = client.get(page).content.decode()
    picture = client.get(f"{page}images/salle-2.jpg")

    assert "![Vue \\[large\\] de la salle](salle-2.jpg)" in prepared
    assert "pas encore dans le texte" in prepared
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    client.post(f"{page}retirer-image/", {"name": "salle-2.jpg"})
    assert not Picture.objects.exists()
    assert client.get(f"{page}images/salle-2.jpg").status_code == 404


def test_a_picture_that_the_text_shows_stays(
    eve: Person, topics: list[Topic], at_work: SignIn
) -> None:
    campaign = illustrated(topics)
    page = f"/gestion/lettres/{campaign.uuid}/retirer-image/"

    answer = at_work(eve).post(page, {"name": "salle.jpg"})

    assert answer.status_code == 422
    assert "retirez-la d’abord du texte" in answer.content.decode()
    assert Picture.objects.count() == 2


def test_the_archive_shows_it_once_the_letter_is_public(
    visitor: Client, topics: list[Topic], alice: Person
) -> None:
    subscribed(alice, topics)
    campaign = illustrated(topics)
    address = f"/newsletter/archives/{campaign.uuid}/images/salle.jpg"

    assert visitor.get(address).status_code == 404
    campaign.sent_at, campaign.public = NOW, True
    campaign.save()

    page = visitor.get(f"/newsletter/archives/{campaign.uuid}/").content.decode()
    feed = visitor.get("/newsletter/archives/flux.xml").content.decode()
    picture = visitor.get(address)
    assert f'src="{address}"' in page
    assert f"http://127.0.0.1:8000{address}" in feed
    assert (picture.status_code, picture["X-Content-Type-Options"]) == (200, "nosniff")
    assert "sandbox" in picture["Content-Security-Policy"]


def test_pictures_go_with_their_letter(topics: list[Topic]) -> None:
    campaign = illustrated(topics)

    writing.discard_letter(campaign=campaign, author=uuid4(), at=NOW)

    assert not Picture.objects.exists()


def test_a_letter_that_left_keeps_its_pictures_as_they_were(
    topics: list[Topic], alice: Person
) -> None:
    subscribed(alice, topics)
    campaign = sent(topics)

    with pytest.raises(writing.AlreadySent):
        joined(campaign)
    with pytest.raises(writing.AlreadySent):
        illustrating.remove_picture(campaign=campaign, name="salle.jpg", author=uuid4(), at=NOW)


# --- What is refused ----------------------------------------------------------------------------

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


def moving() -> bytes:
    out = BytesIO()
    frames = [Image.new("RGB", (8, 8), shade) for shade in ("red", "blue")]
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    return out.getvalue()


def bomb() -> bytes:
    """Half a megabyte that would unfold to 400 million pixels."""
    out = BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    return out.getvalue()


# What is posted: the file's name, its bytes, the description → what the page answers.
REFUSED: dict[str, tuple[str, bytes, str, str]] = {
    "another format": ("photo.png", photograph(64, 64), "x", "du format que dit son nom"),
    "a web page": ("page.jpg", b"<html><script>a</script>", "x", "du format que dit son nom"),
    "half a picture": ("coupe.jpg", photograph()[:2_000], "x", "du format que dit son nom"),
    "a drawing": ("dessin.svg", SVG, "x", "JPEG, PNG ou WebP"),
    "several frames": ("bouge.webp", moving(), "x", "animée"),
    "a bomb": ("bombe.png", bomb(), "x", "24 millions de pixels"),
    "30 MB": ("lourde.jpg", b"\xff\xd8" + bytes(30_000_000), "x", "dépasse 5"),
    "nothing": ("vide.jpg", b"", "x", "Ce fichier est vide"),
    "no words": ("photo.jpg", photograph(64, 64), " ", "pour qui ne la voit pas"),
    "two lines": ("photo.jpg", photograph(64, 64), "Deux\nlignes", "pour qui ne la voit pas"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_picture_is_refused_in_words_beside_its_field(
    eve: Person, topics: list[Topic], at_work: SignIn, case: str
) -> None:
    name, content, words, said = REFUSED[case]
    page = f"/gestion/lettres/{letter(topics).uuid}/joindre/"
    typed = {"file": SimpleUploadedFile(name, content), "description": words}

    answer = at_work(eve).post(page, typed)

    assert answer.status_code == 422
    assert re.search(rf'class="g-error"[^>]*>[^<]*{said}', answer.content.decode())
    assert not Picture.objects.exists()


def test_the_pictures_of_a_letter_have_one_budget(topics: list[Topic]) -> None:
    campaign, noise = letter(topics), BytesIO()
    Image.effect_noise((400, 300), 120).convert("RGB").save(noise, "JPEG")
    first = joined(campaign, data=noise.getvalue())
    Picture.objects.update(size=illustrating.BUDGET - first.size + 1)

    with pytest.raises(illustrating.OverBudget):
        joined(campaign, data=noise.getvalue())


@pytest.mark.parametrize(
    ("image", "refusal"),
    [
        ("![p](https://suivi.exemple.fr/p.gif)", writing.ForeignImage),
        ("![p](//suivi.exemple.fr/p.gif)", writing.ForeignImage),
        ("![p](/static/site/img/lattice.svg)", writing.ForeignImage),
        ("![p](http://127.0.0.1:8000/newsletter/p.gif)", writing.ForeignImage),
        ("![p](autre.jpg)", writing.UnknownImage),
        ("![](salle.jpg)", writing.UndescribedImage),
        ("![ ](salle.jpg)", writing.UndescribedImage),
    ],
)
def test_a_text_shows_only_pictures_that_go_with_it_each_in_words(
    topics: list[Topic], image: str, refusal: type[Exception]
) -> None:
    campaign = illustrated(topics)
    words = draft(topics, body=f"Voici {image}")

    with pytest.raises(refusal):
        writing.write_letter(draft=words, campaign=campaign, author=uuid4(), at=NOW)
