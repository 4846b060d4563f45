"""A new version of the notice: published once, compared, remembered by the ledger."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from clairevoie import policy
from clairevoie.lib.duration import Duration
from clairevoie.policy import Draft, Importance, difference, earliest_effect, publish
from clairevoie.privacy.publication import altered_versions, record_versions
from clairevoie.privacy.steps import NoticeAltered, hold_published_versions
from tests.promises import promise

AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def instance(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """This instance follows the copy while the test lasts."""
    monkeypatch.setenv("CLAIREVOIE_POLICY", str(folder))
    policy.reread()
    yield folder
    monkeypatch.undo()
    policy.reread()


def draft(folder: Path, **changes: object) -> Draft:
    text = (folder / "versions/1/notice.fr.md").read_bytes()
    asked: dict[str, object] = {
        "text": text.replace("n°1 du 15/04/2024".encode(), "n°2 du 01/12/2026".encode()),
        "published_on": date(2026, 12, 1),
        "effective_on": date(2026, 12, 31),
        "importance": Importance.MAJOR,
        "reason": "Nommer les bases légales.",
        "maxima": {},
    }
    return Draft(**{**asked, **changes})  # type: ignore[arg-type]  # a test may ask anything


@promise("P-007")
def test_the_first_version_stays_in_force_until_the_second_takes_effect(folder: Path) -> None:
    publish(folder, draft(folder))

    current = policy.load(folder)

    assert current.version_in_force(date(2026, 12, 30)).number == 1
    assert current.version_in_force(date(2026, 12, 31)).number == 2
    assert current.versions[0] == policy.current().versions[0]


@promise("P-007")
def test_a_published_version_keeps_the_maxima_it_does_not_change(folder: Path) -> None:
    version = publish(folder, draft(folder, maxima={"suspension": Duration(months=30)}))

    assert version.maxima["suspension"] == Duration(months=30)
    assert version.maxima["account"] == Duration(months=60)


@promise("P-087")
def test_a_shorter_maximum_refuses_the_rules_that_exceed_it(folder: Path) -> None:
    before = policy.load(folder).digest

    with pytest.raises(policy.PolicyError, match=r"prospect\.for: is P3Y, longer than the P2Y"):
        publish(folder, draft(folder, maxima={"prospecting": Duration(months=24)}))

    assert policy.load(folder).digest == before


def test_a_major_version_waits_two_weeks(folder: Path) -> None:
    assert earliest_effect(date(2026, 12, 1), Importance.MAJOR) == date(2026, 12, 15)

    with pytest.raises(policy.PolicyError, match="less than 14 days after published"):
        publish(folder, draft(folder, effective_on=date(2026, 12, 14)))


@pytest.mark.parametrize(
    ("changes", "mend"),
    [
        ({"reason": ""}, "say why the notice changes"),
        ({"text": b""}, "is empty, or not UTF-8"),
        ({"published_on": date(2024, 1, 1)}, "before version 1 was published"),
        ({"importance": Importance.FIRST}, "'first' for version 1"),
    ],
)
def test_an_impossible_version_leaves_everything_as_it_was(
    folder: Path, changes: dict[str, object], mend: str
) -> None:
    with pytest.raises(policy.PolicyError, match=mend):
        publish(folder, draft(folder, **changes))

    assert not (folder / "versions/2").exists()
    assert list(folder.parent.iterdir()) == [folder]


def test_a_reason_in_any_words_is_read_back(folder: Path) -> None:
    reason = 'Les « bases » \\ "légales"\n\tet plus\x7f'

    assert publish(folder, draft(folder, reason=reason)).reason == reason


def test_two_versions_are_compared_in_words_and_maxima(folder: Path) -> None:
    publish(folder, draft(folder, maxima={"videos": Duration(months=6)}))

    found = difference(policy.load(folder), 1, 2)

    assert "-Version n°1 du 15/04/2024" in found.text
    assert "+Version n°2 du 01/12/2026" in found.text
    assert found.maxima == {"videos": (None, Duration(months=6))}


# --- The ledger remembers -----------------------------------------------------------------------


@promise("P-007")
@pytest.mark.django_db
def test_each_version_is_written_in_the_ledger_once(instance: Path) -> None:
    assert record_versions(at=AT) == [1]
    assert record_versions(at=AT) == []

    publish(instance, draft(instance))
    policy.reread()

    assert record_versions(at=AT) == [2]


@promise("P-007")
@pytest.mark.django_db
def test_a_text_changed_together_with_its_hash_is_found(instance: Path) -> None:
    record_versions(at=AT)
    notice, meta = instance / "versions/1/notice.fr.md", instance / "versions/1/meta.toml"
    old = policy.current().versions[0].sha256

    notice.write_bytes(notice.read_bytes() + b"\n")
    new = hashlib.sha256(notice.read_bytes()).hexdigest()
    meta.write_text(meta.read_text().replace(old, new))
    policy.reread()

    assert altered_versions() == [1]
    with pytest.raises(CommandError, match="version 1"):
        call_command("policy", "check", stdout=StringIO())


@promise("P-007")
@pytest.mark.django_db
def test_every_night_compares_the_notice_with_the_ledger(instance: Path) -> None:
    assert hold_published_versions(AT) == 1

    publish(instance, draft(instance))
    policy.reread()
    assert hold_published_versions(AT) == 1

    shutil.rmtree(instance / "versions/2")
    policy.reread()
    with pytest.raises(NoticeAltered):
        hold_published_versions(AT)


# --- The command line ---------------------------------------------------------------------------


def run(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("policy", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


@promise("P-001")
@pytest.mark.django_db
def test_checking_prints_how_many_promises_are_planned() -> None:
    out, err = run("check", "--json")
    planned = [each for each in policy.current().promises.values() if each.planned]

    assert json.loads(out)["planned"] == len(planned)
    assert json.loads(out)["promises"] == 110
    assert "officer.name" in err


def test_checking_another_folder_tells_all_that_is_wrong_in_it(folder: Path) -> None:
    (folder / "trackers.toml").write_text("[session]\n")

    with pytest.raises(CommandError, match=r"trackers\.toml, session\.name: is missing"):
        run("check", str(folder))


def test_the_rules_are_shown_one_a_line() -> None:
    out, _ = run("show")

    assert any(line.split()[:3] == ["account", "P5Y", "last-use"] for line in out.splitlines())
    assert len(json.loads(run("show", "--json")[0])) == len(policy.current().retention)


@promise("P-007")
@pytest.mark.django_db
def test_publishing_from_the_command_line(instance: Path, tmp_path: Path) -> None:
    text = tmp_path / "v2.md"
    text.write_bytes(draft(instance).text)

    out, _ = run("publish", str(text), "--reason=Bases", "--published=2026-12-01", "--json")

    assert json.loads(out) == {"recorded": [1, 2]}
    assert policy.current().versions[1].effective_on == date(2026, 12, 15)
    assert "+Version n°2" in json.loads(run("diff", "1", "2", "--json")[0])["text"]


def test_a_version_nobody_published_is_a_bad_argument() -> None:
    with pytest.raises(CommandError) as caught:
        run("diff", "1", "9")

    assert caught.value.returncode == 2
