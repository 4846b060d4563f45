"""The profile: what a member changes about themself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from PIL import Image

from clairevoie import privacy
from clairevoie.accounts import avatars
from clairevoie.accounts.actions.profile import (
    Profile,
    PseudoNeeded,
    PseudoTaken,
    change_avatar,
    change_profile,
    remove_avatar,
    sweep_avatars,
)
from clairevoie.accounts.models import Member
from clairevoie.privacy.models import Effect, LedgerEntry
from tests.cast import NOW
from tests.promises import promise

if TYPE_CHECKING:
    from tests.accounts.conftest import SignIn
    from tests.cast import Person


def photograph(*, size: tuple[int, int] = (640, 480), form: str = "JPEG") -> bytes:
    """A picture that says where, when and by whom it was taken."""
    image = Image.radial_gradient("L").resize(size).convert("RGB")
    exif = image.getexif()
    exif[0x010E] = "canary-description"
    exif[0x9003] = "2026:11-22"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 52.0, 0.0), 3: "E", 4: (2.0, 25.0, 0.0)})
    file = BytesIO()
    image.save(file, form, exif=exif, comment=b"canary-comment")
    return file.getvalue()


def post_of(member: Member, **changes: str) -> dict[str, str]:
    """What the form of the profile sends."""
    return {
        "last_name": member.last_name,
        "first_names": member.first_names,
        "pseudo": member.pseudo or "",
        "language": member.language,
        "gender": "",
        **changes,
    }


# --- Profile -------------------------------------------------------------------------------------


@promise("P-059")
def test_the_ledger_knows_which_fields_changed_and_no_value(alice: Person) -> None:
    wanted = replace(Profile.of(alice.member), last_name="Zzyxnouveau", town="Pantin")

    changed = change_profile(member=alice.member, profile=wanted, at=NOW)

    line = LedgerEntry.objects.get(executor="accounts.change-profile")
    assert set(changed) == {"last_name", "town"}
    assert line.facts == {"fields": ["last_name", "town"]}
    assert line.subject == alice.subject.uuid


def test_saving_the_same_profile_writes_nothing(alice: Person) -> None:
    change_profile(member=alice.member, profile=Profile.of(alice.member), at=NOW)

    assert not LedgerEntry.objects.filter(executor="accounts.change-profile").exists()


def test_a_pseudo_is_taken_whatever_its_case(alice: Person, charlie: Person) -> None:
    wanted = replace(Profile.of(alice.member), pseudo=charlie.canaries.pseudo.upper())

    with pytest.raises(PseudoTaken):
        change_profile(member=alice.member, profile=wanted, at=NOW)

    alice.member.refresh_from_db()
    assert alice.member.pseudo == alice.canaries.pseudo


def test_one_changes_the_case_of_ones_own_pseudo(alice: Person) -> None:
    wanted = replace(Profile.of(alice.member), pseudo=alice.canaries.pseudo.title())

    assert change_profile(member=alice.member, profile=wanted, at=NOW) == ("pseudo",)


def test_the_last_identifier_is_kept(alice: Person) -> None:
    Member.objects.filter(pk=alice.member.pk).update(email=None, phone=None)

    with pytest.raises(PseudoNeeded):
        change_profile(
            member=alice.member, profile=replace(Profile.of(alice.member), pseudo=None), at=NOW
        )


@promise("P-013")
def test_a_single_name_is_a_whole_name(alice: Person, signed_in: SignIn) -> None:
    client = signed_in(alice)

    answer = client.post(
        "/mon-compte/profil/", post_of(alice.member, last_name="Sukarno", first_names="")
    )

    alice.member.refresh_from_db()
    assert answer.status_code == 302
    assert (alice.member.last_name, alice.member.first_names) == ("Sukarno", "")


@promise("P-019")
def test_gender_is_empty_unless_given_and_greets_nobody(alice: Person, signed_in: SignIn) -> None:
    client = signed_in(alice)
    at_first = gender_of(alice)

    client.post("/mon-compte/profil/", post_of(alice.member, gender="undisclosed"))
    given = gender_of(alice)
    client.post("/mon-compte/profil/", post_of(alice.member))
    pages = client.get("/mon-compte/").content + client.get("/mon-compte/profil/").content

    assert (at_first, given, gender_of(alice)) == (None, "undisclosed", None)
    assert b"Monsieur" not in pages
    assert b"Madame" not in pages


def gender_of(person: Person) -> str | None:
    return Member.objects.get(pk=person.member.pk).gender


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("last_name", ""),
        ("last_name", "x" * 151),
        ("last_name", "Zzyx\u200bnom"),
        ("pseudo", "alice@exemple.fr"),
        ("pseudo", "+33612345678"),
        ("pseudo", "ab"),
        ("pseudo", "pseudo\nX-Header: y"),
        ("language", "xx"),
        ("gender", "<script>"),
    ],
)
def test_a_refused_profile_says_where_and_keeps_what_was_typed(
    alice: Person, signed_in: SignIn, field: str, value: str
) -> None:
    client = signed_in(alice)
    typed = post_of(alice.member, **{"first_names": "Typed-again", field: value})

    answer = client.post("/mon-compte/profil/", typed)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert 'value="Typed-again"' in page
    alice.member.refresh_from_db()
    assert alice.member.first_names == alice.canaries.first_names


def test_a_taken_pseudo_is_tied_to_its_field(
    alice: Person, charlie: Person, signed_in: SignIn
) -> None:
    client = signed_in(alice)

    answer = client.post(
        "/mon-compte/profil/", post_of(alice.member, pseudo=charlie.canaries.pseudo.upper())
    )

    assert answer.status_code == 422
    assert 'id="id_pseudo_error"' in answer.content.decode()


@promise("P-018")
def test_an_address_is_all_or_nothing(alice: Person, signed_in: SignIn) -> None:
    client = signed_in(alice)
    nothing = {"street": "", "postcode": "", "town": "", "country": ""}

    half = client.post("/mon-compte/adresse/", nothing | {"street": "1 rue de la Paix"})
    none = client.post("/mon-compte/adresse/", nothing)

    alice.member.refresh_from_db()
    assert half.status_code == 422
    assert none.status_code == 302
    assert alice.member.street == ""


@promise("P-002")
@pytest.mark.parametrize("page", ["profil", "adresse", "avatar", "notifications"])
def test_each_form_says_what_becomes_of_the_data(
    alice: Person, signed_in: SignIn, page: str
) -> None:
    answer = signed_in(alice).get(f"/mon-compte/{page}/")

    assert 'data-activity="account"' in answer.content.decode()


# --- Avatar --------------------------------------------------------------------------------------


@promise("P-017")
@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_picture_comes_back_square_and_without_a_trace(form: str) -> None:
    renditions = avatars.render(photograph(form=form))

    for content, side in ((renditions.large, 256), (renditions.small, 64)):
        picture = Image.open(BytesIO(content))
        assert (picture.format, picture.size) == ("WEBP", (side, side))
        assert not picture.getexif()
        assert b"canary" not in content


def test_what_hides_behind_a_picture_does_not_survive() -> None:
    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        file.writestr("canary.html", "<script>canary</script>")

    renditions = avatars.render(photograph() + archive.getvalue())

    assert b"canary" not in renditions.large + renditions.small
    assert b"PK" not in renditions.large[-64:]


def bomb() -> bytes:
    file = BytesIO()
    Image.new("1", (30_000, 30_000)).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("upload", "refusal"),
    [
        (bomb, avatars.AvatarTooLarge),
        (lambda: photograph()[:3_000], avatars.NotAPicture),
        (lambda: b"", avatars.NotAPicture),
        (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"/>', avatars.NotAPicture),
        (lambda: b"GIF89a" + b"\0" * 64, avatars.NotAPicture),
        (lambda: b"<?php system($_GET[0]); ?>", avatars.NotAPicture),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"\xff" * 512, avatars.NotAPicture),
        (lambda: b"\xff\xd8\xff\xe0" + b"\xff" * 512, avatars.NotAPicture),
        (lambda: b"\0" * (5 * 1024 * 1024 + 1), avatars.AvatarTooHeavy),
    ],
    ids=["bomb", "truncated", "empty", "svg", "gif", "php", "broken-png", "broken-jpeg", "heavy"],
)
def test_a_hostile_file_is_refused(upload: object, refusal: type[Exception]) -> None:
    assert callable(upload)

    with pytest.raises(refusal):
        avatars.render(upload())


def test_a_hostile_file_gets_a_clear_answer_and_changes_nothing(
    alice: Person, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    trap = SimpleUploadedFile("moi.jpg", b"<svg/>", content_type="image/jpeg")

    answer = client.post("/mon-compte/avatar/", {"avatar": trap})

    alice.member.refresh_from_db()
    assert answer.status_code == 422
    assert "n’est pas une image" in answer.content.decode()
    assert not alice.member.avatar


def test_thirty_megabytes_are_refused_in_words(alice: Person, signed_in: SignIn) -> None:
    client = signed_in(alice)
    heavy = SimpleUploadedFile("moi.jpg", b"\0" * 30 * 1024 * 1024, content_type="image/jpeg")

    answer = client.post("/mon-compte/avatar/", {"avatar": heavy})

    alice.member.refresh_from_db()
    assert answer.status_code == 422
    assert "dépasse 5" in answer.content.decode()
    assert not alice.member.avatar


def test_no_file_at_all_is_refused(alice: Person, signed_in: SignIn) -> None:
    assert signed_in(alice).post("/mon-compte/avatar/", {}).status_code == 422


@promise("P-017")
def test_an_avatar_is_served_to_its_owner_alone_then_to_nobody(
    alice: Person, charlie: Person, signed_in: SignIn
) -> None:
    client = signed_in(alice)
    client.post("/mon-compte/avatar/", {"avatar": SimpleUploadedFile("a.jpg", photograph())})
    alice.member.refresh_from_db()
    names = [str(alice.member.avatar.name), str(alice.member.avatar_small.name)]

    served = client.get("/mon-compte/avatar/256.webp")
    strange = signed_in(charlie).get("/mon-compte/avatar/256.webp")
    unknown = client.get("/mon-compte/avatar/512.webp")

    assert served.headers["Content-Type"] == "image/webp"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert b"canary" not in b"".join(served.streaming_content)  # type: ignore[attr-defined]
    assert (strange.status_code, unknown.status_code) == (404, 404)
    assert alice.canaries.pseudo not in "".join(names)

    client.post("/mon-compte/avatar/supprimer/")
    privacy.outbox.deliver(at=NOW)

    assert client.get("/mon-compte/avatar/256.webp").status_code == 404
    assert client.get("/mon-compte/avatar/64.webp").status_code == 404
    assert not any(default_storage.exists(name) for name in names)


@promise("P-017")
def test_a_new_avatar_removes_the_former_one_in_the_same_transaction(alice: Person) -> None:
    change_avatar(member=alice.member, upload=photograph(), at=NOW)
    alice.member.refresh_from_db()
    former = {alice.member.avatar.name, alice.member.avatar_small.name}

    change_avatar(member=alice.member, upload=photograph(size=(300, 900)), at=NOW)

    queued = Effect.objects.filter(kind="delete-file").values_list("payload__name", flat=True)
    assert set(queued) == former


def test_an_upload_that_was_rolled_back_leaves_no_file_after_the_night(alice: Person) -> None:
    change_avatar(member=alice.member, upload=photograph(), at=NOW)
    kept = _stored()
    with transaction.atomic():
        change_avatar(member=alice.member, upload=photograph(), at=NOW)
        transaction.set_rollback(True)
    assert len(_stored()) == len(kept) + 2

    swept = sweep_avatars(at=datetime(2099, 1, 1, tzinfo=UTC))

    alice.member.refresh_from_db()
    assert swept >= 2
    assert _stored() <= kept
    assert default_storage.exists(str(alice.member.avatar.name))
    assert default_storage.exists(str(alice.member.avatar_small.name))


def test_removing_no_avatar_does_nothing(alice: Person) -> None:
    remove_avatar(member=alice.member, at=NOW)

    assert not Effect.objects.exists()


def _stored() -> set[str]:
    try:
        return set(default_storage.listdir("avatars")[1])
    except FileNotFoundError:
        return set()


# --- Who may see it ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/mon-compte/",
        "/mon-compte/profil/",
        "/mon-compte/adresse/",
        "/mon-compte/avatar/",
        "/mon-compte/avatar/256.webp",
        "/mon-compte/coordonnees/",
        "/mon-compte/notifications/",
        "/mon-compte/mes-donnees/",
        "/mon-compte/conservation/",
        "/mon-compte/fermer/",
    ],
)
def test_a_visitor_is_asked_to_sign_in(client: Client, db: None, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/connexion/")


@pytest.mark.parametrize(
    "path", ["/mon-compte/", "/mon-compte/profil/", "/mon-compte/adresse/", "/mon-compte/avatar/"]
)
def test_a_page_of_the_profile_costs_one_query(
    alice: Person,
    signed_in: SignIn,
    django_assert_num_queries: object,
    path: str,
) -> None:
    client = signed_in(alice)
    client.get(path)

    with django_assert_num_queries(1):  # type: ignore[operator]
        client.get(path)


@pytest.mark.parametrize(
    "path",
    [
        "/mon-compte/",
        "/mon-compte/coordonnees/",
        "/mon-compte/securite/",
        "/mon-compte/securite/telephone/",
    ],
)
def test_the_number_is_shown_in_groups(alice: Person, signed_in: SignIn, path: str) -> None:
    Member.objects.filter(pk=alice.member.pk).update(phone="+33612345678", phone_verified=True)

    page = signed_in(alice).get(path).content.decode()

    assert "+33 6 12 34 56 78".replace(" ", "\u00a0") in page
