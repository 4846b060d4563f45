"""« Mes données », « Ce que nous gardons », « Préférences de messages »."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zipfile import ZipFile

import pytest

from clairevoie import consent, messaging, policy, privacy
from clairevoie.accounts.actions.copies import ask_copy, delete_copy
from clairevoie.accounts.actions.preferences import NotMutable, choose_activities, switches
from clairevoie.accounts.views.kept import draw
from clairevoie.privacy.models import ExportPack, Objection
from tests.cast import NOW, TODAY
from tests.promises import promise

if TYPE_CHECKING:
    from tests.accounts.conftest import SignIn
    from tests.cast import Person

DATA = "/mon-compte/mes-donnees/"


def opened(content: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


# --- Copies --------------------------------------------------------------------------------------


@promise("P-097", "P-103")
def test_one_click_makes_a_copy_within_seconds(alice: Person, signed_in: SignIn) -> None:
    client = signed_in(alice)
    start = time.monotonic()

    asked = client.post(DATA)
    page = client.get(DATA).content.decode()
    pack = ExportPack.objects.get(subject=alice.subject)
    answer = client.get(f"{DATA}{pack.token}.zip")

    files = opened(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    everything = b"".join(files.values()).decode(errors="replace")
    assert time.monotonic() - start < 5
    assert asked.status_code == 302
    assert str(pack.token) in page
    assert answer.headers["Content-Type"] == "application/zip"
    assert "no-store" in answer.headers["Cache-Control"]
    assert any(name.endswith(".json") for name in files)
    assert any(name.endswith(".html") for name in files)
    for value in (alice.canaries.email, alice.canaries.last_name, alice.canaries.street):
        assert value in everything
    assert alice.member.password not in everything


@promise("P-010", "P-097")
def test_every_value_of_the_copy_says_where_it_comes_from(alice: Person) -> None:
    pack = ask_copy(member=alice.member, at=NOW)

    with pack.file.open("rb") as file:
        files = opened(file.read())
    machine = next(name for name in files if name.endswith(".json"))

    text = json.dumps(json.loads(files[machine]), ensure_ascii=False)
    assert '"provided"' in text
    assert '"observed"' in text


@promise("P-080")
def test_anothers_copy_does_not_exist(alice: Person, charlie: Person, signed_in: SignIn) -> None:
    pack = ask_copy(member=alice.member, at=NOW)
    stranger = signed_in(charlie)

    read = stranger.get(f"{DATA}{pack.token}.zip")
    deleted = stranger.post(f"{DATA}{pack.token}/supprimer/")
    unknown = stranger.get(f"{DATA}{uuid4()}.zip")

    assert (read.status_code, deleted.status_code, unknown.status_code) == (404, 404, 404)
    assert ExportPack.objects.filter(pk=pack.pk).exists()


def test_a_copy_expires(alice: Person, signed_in: SignIn) -> None:
    pack = ask_copy(member=alice.member, at=NOW)
    lasts = pack.expires_on - TODAY
    ExportPack.objects.filter(pk=pack.pk).update(expires_on=TODAY - timedelta(days=400))
    client = signed_in(alice)

    assert lasts == timedelta(days=14)
    assert client.get(f"{DATA}{pack.token}.zip").status_code == 404
    assert str(pack.token) not in client.get(DATA).content.decode()


def test_a_deleted_copy_takes_its_file_along(alice: Person) -> None:
    pack = ask_copy(member=alice.member, at=NOW)
    storage, name = pack.file.storage, str(pack.file.name)

    delete_copy(member=alice.member, token=pack.token, at=NOW)
    privacy.outbox.deliver(at=NOW)

    assert not storage.exists(name)
    with pytest.raises(ExportPack.DoesNotExist):
        delete_copy(member=alice.member, token=pack.token, at=NOW)


def test_a_file_that_is_gone_is_not_found(alice: Person, signed_in: SignIn) -> None:
    pack = ask_copy(member=alice.member, at=NOW)
    pack.file.storage.delete(str(pack.file.name))

    assert signed_in(alice).get(f"{DATA}{pack.token}.zip").status_code == 404


def test_copies_are_not_asked_for_without_end(alice: Person, signed_in: SignIn) -> None:
    client = signed_in(alice)

    answers = [client.post(DATA).status_code for _ in range(7)]

    assert answers == [302] * 6 + [429]


def test_a_copy_asked_for_during_the_erasure_is_not_half_made(alice: Person) -> None:
    privacy.erase(alice.subject, because="request", on=TODAY)

    with pytest.raises(privacy.SubjectErased):
        ask_copy(member=alice.member, at=NOW)

    assert not ExportPack.objects.exists()


# --- What is kept --------------------------------------------------------------------------------


@promise("P-084", "P-088")
def test_the_page_shows_the_computed_last_day(alice: Person, signed_in: SignIn) -> None:
    client = signed_in(alice)
    client.get("/mon-compte/")
    alice.subject.refresh_from_db()
    last_day = privacy.kept_until(alice.subject, on=TODAY)

    page = client.get("/mon-compte/conservation/").content.decode()

    account = next(kept for kept in last_day if kept.rule.code == "account")
    assert account.last_day is not None
    assert f'datetime="{account.last_day:%Y-%m-%d}"' in page
    assert page.count("timeline__bar") == sum(kept.last_day is not None for kept in last_day)


@pytest.mark.parametrize(
    ("page", "queries"),
    [
        ("/mon-compte/coordonnees/", 2),
        ("/mon-compte/notifications/", 6),
        ("/mon-compte/mes-donnees/", 2),
        ("/mon-compte/conservation/", 2),
        ("/mon-compte/fermer/", 3),
    ],
)
def test_a_page_costs_the_same_whatever_is_kept(
    alice: Person, signed_in: SignIn, django_assert_num_queries: Any, page: str, queries: int
) -> None:
    client = signed_in(alice)
    client.get(page)
    Objection.objects.bulk_create(
        Objection(
            subject=alice.subject,
            activity="information",
            raised=bool(number % 2),
            at=NOW,
            source="test",
            policy_hash="",
        )
        for number in range(200)
    )

    with django_assert_num_queries(queries):
        client.get(page)


def test_the_figure_shows_thirty_days_beside_fifty_years(alice: Person) -> None:
    categories = privacy.kept_until(alice.subject, on=TODAY)

    figure = draw(categories, on=TODAY)

    shares = [float(bar.width.removesuffix("%")) for bar in figure.bars]
    assert shares == sorted(shares)
    assert all(0 < share <= 100 for share in shares)
    assert [tick.label for tick in figure.ticks][:1] == ["1 an"]


def test_nothing_dated_draws_nothing() -> None:
    figure = draw([], on=TODAY)

    assert figure.bars == []


# --- Switches ------------------------------------------------------------------------------------


@promise("P-011", "P-012", "P-015")
def test_a_switch_is_an_objection_that_the_gate_obeys(alice: Person) -> None:
    everything = {switch.activity.code for switch in switches(alice.subject)}

    changed = choose_activities(
        member=alice.member, wanted=everything - {"information", "improvement"}, at=NOW
    )

    assert set(changed) == {"information", "improvement"}
    assert not privacy.may(alice.subject, "information").allowed
    assert not privacy.may(alice.subject, "improvement").allowed
    assert privacy.may(alice.subject, "security").allowed
    assert privacy.may(alice.subject, "service-notices").allowed


def test_saving_twice_is_one_act_and_one_may_come_back(alice: Person) -> None:
    everything = {switch.activity.code for switch in switches(alice.subject)}
    choose_activities(member=alice.member, wanted=everything - {"information"}, at=NOW)

    again = choose_activities(member=alice.member, wanted=everything - {"information"}, at=NOW)
    back = choose_activities(member=alice.member, wanted=everything, at=NOW)

    assert again == ()
    assert back == ("information",)
    assert privacy.may(alice.subject, "information").allowed
    assert Objection.objects.count() == 2


@promise("P-015")
def test_what_was_stopped_by_a_link_is_off_and_comes_back_on(alice: Person) -> None:
    everything = {switch.activity.code for switch in switches(alice.subject)}
    contact = ("email", alice.canaries.email)
    messaging.suppress(
        kind="email", raw=contact[1], purpose="information", because="request", at=NOW
    )

    off = {s.activity.code for s in switches(alice.subject) if not s.on}
    choose_activities(member=alice.member, wanted=everything, at=NOW)

    assert off == {"information"}
    assert messaging.suppressed([contact], "information") == set()


@promise("P-016", "P-100")
def test_the_letter_has_a_switch_only_while_it_is_received(alice: Person) -> None:
    before = {switch.activity.code for switch in switches(alice.subject)}
    consent.give(alice.subject, activity="newsletter", source="test", at=NOW)
    during = {switch.activity.code for switch in switches(alice.subject)}

    choose_activities(member=alice.member, wanted=before, at=NOW)

    assert during - before == {"newsletter"}
    assert not privacy.may(alice.subject, "newsletter").allowed
    with pytest.raises(NotMutable):
        choose_activities(member=alice.member, wanted=during, at=NOW)


@promise("P-015")
@pytest.mark.parametrize("code", ["security", "account", "billing", "service-notices", "xyz"])
def test_security_and_contract_have_no_switch(alice: Person, code: str) -> None:
    with pytest.raises(NotMutable):
        choose_activities(member=alice.member, wanted={code}, at=NOW)


@promise("P-015")
def test_the_page_has_a_box_a_switch_and_a_reason_for_the_rest(
    alice: Person, signed_in: SignIn
) -> None:
    client = signed_in(alice)

    client.post("/mon-compte/notifications/", {"improvement": "on"})
    page = client.get("/mon-compte/notifications/").content.decode()

    security = policy.current().activities["security"]
    assert page.count('type="checkbox"') == len(switches(alice.subject))
    assert [s.activity.code for s in switches(alice.subject) if s.on] == ["improvement"]
    assert security.title in page.split("Ce qui ne se coupe pas")[1]
