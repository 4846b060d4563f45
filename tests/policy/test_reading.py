"""A contradiction in the policy refuses to start, naming the file, the key and the mend."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clairevoie import policy
from clairevoie.lib.duration import Duration
from clairevoie.policy.identifiers import luhn, vat_number
from tests.policy.conftest import refusal, rewrite
from tests.promises import promise

UNREADABLE = {
    "an unknown key": ("retention", "account", "colour", '"blue"', "is not a key known here"),
    "a misspelt key": ("activities", "account", "planed", "true", "did you mean « planned »?"),
    "a missing key": ("activities", "account", "purposes", None, "is missing; add a list"),
    "a text for a list": ("activities", "account", "purposes", '"one"', "write a list of texts"),
    "numbers in a list": ("activities", "account", "purposes", "[1]", "something else than texts"),
    "a double": ("activities", "account", "purposes", '["a", "a"]', "names the same thing twice"),
    "an empty list": ("activities", "account", "purposes", "[]", "is empty; name at least one"),
    "an empty text": ("activities", "account", "minimisation", '" "', "is empty; write the text"),
    "a quoted flag": ("activities", "account", "planned", '"no"', "write true or false"),
    "a quoted date": ("promises", "P-001", "last-review", '"2026-11-22"', "without quotes"),
    "a year of another age": ("promises", "P-001", "last-review", "0202-11-22", "between 1900"),
    "an instant": ("promises", "P-001", "last-review", "2026-11-22T10:00:00Z", "write a date"),
    "an unknown basis": ("activities", "account", "basis", '"habit"', "choose one of consent"),
    "a malformed duration": (
        "retention",
        "account",
        "for",
        '"5 ans"',
        "not a duration such as P5Y",
    ),
    "hours in a duration": ("retention", "account", "for", '"PT1H"', "not a duration such as P5Y"),
    "an endless duration": ("retention", "account", "for", '"P900Y"', "stays within a century"),
    "a malformed notice": ("retention", "account", "notices", '["60"]', "not a duration"),
    "an unknown clock": ("retention", "account", "from", '"last-seen"', "choose last-use"),
    "a record without column": ("retention", "invoice", "from", '"record"', "choose last-use"),
    "a column without name": ("retention", "invoice", "from", '"record:"', "name a column"),
    "a column on a clock": ("retention", "account", "from", '"last-use:day"', "choose last-use"),
    "a strange archive": ("retention", "invoice", "archive", '"settled_on"', "write record:"),
    "an entry that is no table": ("trackers", "", "session2", '"x"', "a table: [session2]"),
    "a service the notice does not list": (
        "recipients",
        "webmail",
        "american-service",
        '"hébergement vidéo"',
        "choose one of answers",
    ),
    "executor and planned": ("promises", "P-001", "planned", "true", "never both"),
    "nobody executes": ("promises", "P-001", "executor", None, "or write planned = true"),
}

CONTRADICTORY = {
    "longer than the notice": ("retention", "account", "for", '"P6Y"', "longer than the P5Y"),
    "longer by a day": ("retention", "prospect", "for", '"P3Y1D"', "longer than the P3Y"),
    "longer in some years": ("retention", "suspension", "for", '"P731D"', "longer than the P2Y"),
    "an unknown maximum": (
        "retention",
        "account",
        "under",
        '"ever"',
        "the newest notice has account",
    ),
    "no maximum, no gap": ("retention", "account", "under", None, "or its silence in gap"),
    "maximum and gap": ("retention", "account", "gap", '"F-25"', "or its silence in gap"),
    "an unknown gap": ("retention", "survey", "gap", '"F-99"', "F-01 … F-40"),
    "no duration": ("retention", "account", "for", None, "is missing; say how long"),
    "a useless duration": ("retention", "identity", "for", '"P1Y"', "has no meaning"),
    "a strange reference": ("retention", "account", "reference", '"5 ans"', "as R-ACC"),
    "an archive of a person": ("retention", "account", "archive", '"record:day"', "from a record"),
    "notices out of order": ("retention", "account", "notices", '["P7D", "P60D"]', "earliest to"),
    "a notice for a record": ("retention", "invoice", "notices", '["P60D"]', "has no notice"),
    "a notice too early": ("retention", "account", "notices", '["P6Y"]', "before the period"),
    "dormant alone": ("retention", "dormant-account", "same-copies-as", None, "whose copies it"),
    "dormant too late": ("retention", "dormant-account", "for", '"P5Y"', "no sooner than account"),
    "same copies as nobody": (
        "retention",
        "closed-account",
        "same-copies-as",
        '"x"',
        "name a rule",
    ),
    "same copies as itself": (
        "retention",
        "account",
        "same-copies-as",
        '"account"',
        "name a rule",
    ),
    "a dangling rule": ("activities", "account", "retention", '["acount"]', "names 'acount'"),
    "a dangling recipient": ("activities", "account", "recipients", '["moon"]', "names 'moon'"),
    "a dangling promise": ("activities", "account", "promises", '["P-111"]', "names 'P-111'"),
    "a dangling flag": ("activities", "account", "gaps", '["F-00"]', "F-01 … F-40"),
    "interests not weighed": ("activities", "security", "balancing", None, "weigh the interests"),
    "interests in a contract": ("activities", "account", "balancing", '"x"', "remove it"),
    "muting a duty": ("activities", "service-notices", "category", '"survey"', "is not refused"),
    "a message of no category": ("activities", "information", "category", None, "is missing"),
    "a category of nothing sent": ("activities", "account", "category", '"contract"', "add it"),
    "an unknown sort of message": ("activities", "information", "category", '"x"', "choose one"),
    "promotion unasked": ("activities", "satisfaction", "category", '"newsletter"', "L34-5"),
    "updated before created": ("activities", "account", "updated-on", "2020-01-01", "is before"),
    "an address for a host": ("recipients", "mailer", "hosts", '["https://a.fr/"]', "write 'smtp"),
    "any host at all": ("recipients", "mailer", "hosts", '["*"]', "write 'smtp"),
    "a silent transfer": ("activities", "support", "transfers", None, "may leave the Union"),
    "a transfer to nowhere": (
        "activities",
        "account",
        "transfers",
        '["US"]',
        "stays in the Union",
    ),
    "an unused rule": ("activities", "motivation", "retention", '["account"]', "is used by no"),
    "an unused recipient": ("activities", "audience", "recipients", '["host"]', "is used by no"),
    "a promise nobody carries": (
        "activities",
        "motivation",
        "promises",
        '["P-001"]',
        "by no activity",
    ),
    "data sold": ("recipients", "mailer", "remuneration", '"CPM"', "nothing is sold (P-064)"),
    "data reused": ("recipients", "mailer", "reuse-forbidden", "false", "true for a processor"),
    "no safeguard abroad": ("recipients", "webmail", "safeguard", None, "is missing for US"),
    "data kept outside the Union": (
        "recipients",
        "host",
        "countries-stored",
        '["FR", "NO"]',
        "leaves the Union for NO",
    ),
    "a safeguard without clauses": (
        "recipients",
        "webmail",
        "safeguard",
        '"Data Privacy Framework"',
        "names no « clauses contractuelles types » (P-076)",
    ),
    "an American service unsaid": (
        "recipients",
        "webmail",
        "american-service",
        None,
        "is missing for US (P-077)",
    ),
    "a service for nobody": ("recipients", "host", "american-service", '"email"', "remove it"),
    "a flow without a contract": (
        "recipients",
        "brevo",
        "active",
        "true",
        "is missing: it receives data",
    ),
    "a country in words": ("recipients", "mailer", "countries-stored", '["France"]', "as 'FR'"),
    "a review of nothing": (
        "recipients",
        "mailer",
        "review-due",
        "2027-01-01",
        "would be reviewed",
    ),
    "an unknown kind": ("trackers", "session", "kind", '"pixel"', "is one of cookie"),
    "an unknown category": ("trackers", "session", "category", '"fun"', "is one of necessary"),
    "exempt advertising": (
        "trackers",
        "session",
        "category",
        '"advertising"',
        "false for the others",
    ),
    "an eternal tracker": ("trackers", "session", "lifetime", '"P14M"', "thirteen months"),
    "a tracker twice": (
        "trackers",
        "csrf",
        "name",
        '"clairevoie_session"',
        "of [session] already",
    ),
    "an executor in words": ("promises", "P-001", "executor", '"every night"', "app.verb"),
    "a rule that is gone": ("promises", "P-088", "executor", '"retention.old"', "names 'old'"),
    "words not in the notice": ("promises", "P-001", "sentence", '"Tout va bien."', "own words"),
    "the wrong line": ("promises", "P-001", "lines", '"6"', "is to be '5, 9'"),
    "a false SIREN": ("organisation", "", "siren", '"984647553"', "Luhn's check"),
    "digits of another script": ("organisation", "", "siren", '"٩٨٤٦٤٧٥٥٢"', "Luhn's check"),
    "a false SIRET": ("organisation", "", "siret", '"98464755200013"', "fourteen digits"),
    "a false VAT key": ("organisation", "", "vat", '"FR18984647552"', "'FR19984647552'"),
    "a year that never ends": ("organisation", "", "financial-year-end", '"02-29"', "as '12-31'"),
    "an unpublished address": (
        "organisation",
        "",
        "contact-email",
        '"x@y.fr"',
        "not among emails",
    ),
    "a strange address": ("organisation", "officer", "email", '"nobody"', "no e-mail address"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_refused(folder: Path, case: str) -> None:
    file, table, key, value, mend = UNREADABLE[case]

    rewrite(folder / f"{file}.toml", table, key, value)

    assert mend in refusal(folder)
    assert f"{file}.toml, {table}" in refusal(folder)


@promise("P-005")
@pytest.mark.parametrize("case", CONTRADICTORY)
def test_what_contradicts_another_entry_is_refused(folder: Path, case: str) -> None:
    file, table, key, value, mend = CONTRADICTORY[case]

    rewrite(folder / f"{file}.toml", table, key, value)

    assert mend in refusal(folder)


def test_everything_wrong_is_told_at_once(folder: Path) -> None:
    rewrite(folder / "organisation.toml", "", "siren", None)
    rewrite(folder / "retention.toml", "account", "for", '"P6Y"')
    rewrite(folder / "trackers.toml", "session", "kind", '"pixel"')

    said = refusal(folder)

    assert "3 problems to mend" in said
    assert "organisation.toml, siren: is missing" in said
    assert "retention.toml, account.for: is P6Y" in said
    assert "trackers.toml, session.kind: is one of" in said


def test_a_key_that_cannot_be_read_is_blamed_once(folder: Path) -> None:
    rewrite(folder / "retention.toml", "account", "for", "5")

    assert refusal(folder).count("account.for") == 1


@promise("P-001")
@pytest.mark.parametrize("code", ["P-001", "P-042", "P-110"])
def test_no_promise_may_be_missing(folder: Path, code: str) -> None:
    path = folder / "promises.toml"
    before, _header, after = path.read_text(encoding="utf-8").partition(f"[{code}]")
    path.write_text(before + after[after.find("\n[") + 1 :] if "\n[" in after else before)

    assert f"promises.toml, {code}: is missing" in refusal(folder)


def test_a_promise_that_the_notice_does_not_make_is_refused(folder: Path) -> None:
    path = folder / "promises.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("[P-110]", "[P-111]"))

    assert "P-111: is none of P-001 … P-110" in refusal(folder)


def test_a_promise_written_twice_is_refused_with_its_place(folder: Path) -> None:
    with (folder / "promises.toml").open("a", encoding="utf-8") as file:
        file.write("\n[P-001]\n")

    assert "promises.toml: is not TOML" in refusal(folder)
    assert "at line" in refusal(folder)


def test_a_date_that_does_not_exist_is_refused_with_its_place(folder: Path) -> None:
    rewrite(folder / "organisation.toml", "", "registered-on", "2024-02-30")

    assert "organisation.toml: is not TOML" in refusal(folder)


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[account", b"a = 1\x00"])
def test_a_file_that_is_not_toml_is_refused(folder: Path, content: bytes) -> None:
    (folder / "retention.toml").write_bytes(content)

    assert "retention.toml: is not TOML in UTF-8" in refusal(folder)


def test_a_missing_and_a_stray_file_are_refused(folder: Path) -> None:
    (folder / "trackers.toml").rename(folder / "cookies.toml")

    said = refusal(folder)

    assert "trackers.toml: is missing" in said
    assert "cookies.toml: is not a file of a policy" in said


def test_an_editors_draft_changes_nothing(folder: Path) -> None:
    before = policy.load(folder).digest

    (folder / ".retention.toml.swp").write_text("draft")
    (folder / "retention.toml~").write_text("draft")

    assert policy.load(folder).digest == before


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert "set CLAIREVOIE_POLICY" in refusal(tmp_path / "nowhere")


def test_the_program_does_not_start_and_says_why(folder: Path, tmp_path: Path) -> None:
    rewrite(folder / "retention.toml", "account", "for", '"P6Y"')

    start = subprocess.run(
        [sys.executable, "-c", "import django; django.setup()"],
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "clairevoie.config.settings",
            "CLAIREVOIE_POLICY": str(folder),
            "CLAIREVOIE_HOME": str(tmp_path / "home"),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert start.returncode == 1
    assert "retention.toml, account.for: is P6Y, longer than the P5Y" in start.stderr
    assert "Traceback" not in start.stderr


# --- The published notice -----------------------------------------------------------------------


@promise("P-007")
def test_a_published_text_that_changed_is_refused(folder: Path) -> None:
    notice = folder / "versions/1/notice.fr.md"
    notice.write_bytes(notice.read_bytes().replace(b"5 ans", b"6 ans"))

    assert "versions/1/meta.toml, sha256: is not that of notice.fr.md" in refusal(folder)


@pytest.mark.parametrize(
    ("key", "value", "mend"),
    [
        ("effective", "2024-04-14", "is less than 0 days after published"),
        ("number", "2", "it stands in the folder versions/1"),
        ("number", '"1"', "write a whole number"),
        ("importance", '"major"', "is 'first' for version 1"),
        ("importance", '"huge"', "choose one of first"),
    ],
)
def test_a_version_tells_a_possible_story(folder: Path, key: str, value: str, mend: str) -> None:
    rewrite(folder / "versions/1/meta.toml", "", key, value)

    assert mend in refusal(folder)


def test_a_version_has_a_text_and_its_papers(folder: Path) -> None:
    (folder / "versions/1/meta.toml").unlink()

    assert "versions/1/meta.toml: is missing" in refusal(folder)


def test_a_notice_that_is_not_text_is_refused(folder: Path) -> None:
    (folder / "versions/1/notice.fr.md").write_bytes(b"\xe9t\xe9")

    assert "versions/1/notice.fr.md: is empty, or not UTF-8" in refusal(folder)


# --- Properties ---------------------------------------------------------------------------------

spans = st.builds(Duration, months=st.integers(0, 1200), days=st.integers(0, 400))


@given(spans)
def test_a_duration_reads_as_it_is_written(span: Duration) -> None:
    assert Duration.parse(str(span)) == span


@given(st.text(max_size=12).filter(lambda text: not text.startswith("P")))
def test_a_text_that_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration such as P5Y"):
        Duration.parse(text)


@promise("P-110")
@given(st.integers(0, 10**8 - 1), st.integers(0, 8), st.integers(1, 9))
def test_one_wrong_digit_of_a_siren_is_always_found(stem: int, place: int, shift: int) -> None:
    digits = f"{stem:08}"
    siren = next(f"{digits}{last}" for last in range(10) if luhn(f"{digits}{last}"))
    wrong = (int(siren[place]) + shift) % 10

    assert not luhn(f"{siren[:place]}{wrong}{siren[place + 1 :]}")


@promise("P-110")
def test_identifiers_are_those_that_the_state_computes() -> None:
    from stdnum.fr import siren, siret, tva

    for number in ("984647552", "984647553", "98464755200012", "98464755200021"):
        expected = siren if len(number) == 9 else siret
        assert luhn(number) == expected.is_valid(number)
    assert vat_number("984647552") == "FR19984647552"
    assert tva.is_valid("FR19984647552")
