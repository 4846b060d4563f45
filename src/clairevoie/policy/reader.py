"""Reads ``policy/`` into frozen values, or refuses with everything that is wrong in it."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from clairevoie.policy import checks
from clairevoie.policy.model import (
    Activity,
    AmericanService,
    Basis,
    Clock,
    Ending,
    Host,
    Importance,
    MessageCategory,
    Officer,
    Organisation,
    Policy,
    Promise,
    Recipient,
    RetentionRule,
    Role,
    Tracker,
    Version,
)
from clairevoie.policy.table import Problem, Problems, Table

T = TypeVar("T")

FILES = ("organisation", "activities", "retention", "recipients", "trackers", "promises")
DEFAULT = Path(__file__).resolve().parents[3] / "policy"


class PolicyError(Exception):
    """The policy contradicts itself: each line names a file, a key and the mend."""

    def __init__(self, folder: Path, problems: Iterable[Problem]) -> None:
        self.folder = folder
        self.problems = tuple(problems)
        count = len(self.problems)
        lines = "".join(f"\n  {problem}" for problem in self.problems)
        super().__init__(f"{folder}: {count} problem{'s' * (count > 1)} to mend{lines}")


def home() -> Path:
    """This instance's folder: ``CLAIREVOIE_POLICY``, else the repository's ``policy/``."""
    return Path(os.environ.get("CLAIREVOIE_POLICY") or DEFAULT)


def current() -> Policy:
    """The policy of this instance, read once."""
    return _load_once(os.environ.get("CLAIREVOIE_POLICY", ""))


def load(folder: Path) -> Policy:
    """Read and cross-check one folder. Raises :class:`PolicyError` with every problem found."""
    problems = Problems()
    files = _files(folder, problems)
    if problems.found:
        raise PolicyError(folder, problems.found)
    tables = {name: _parse(f"{name}.toml", files, problems) for name in FILES}
    if problems.found:
        raise PolicyError(folder, problems.found)
    policy = Policy(
        organisation=_organisation(tables["organisation"]),
        activities=_each(tables["activities"], _activity),
        retention=_each(tables["retention"], _rule),
        recipients=_each(tables["recipients"], _recipient),
        trackers=_each(tables["trackers"], _tracker),
        promises=_each(tables["promises"], _promise),
        versions=_versions(files, problems),
        digest=_digest(files),
    )
    checks.cross_check(policy, problems)
    if problems.found:
        raise PolicyError(folder, problems.found)
    return policy


def reread() -> Policy:
    """What :func:`current` gives from now on, after a publication in this process."""
    _load_once.cache_clear()
    return current()


@lru_cache(maxsize=4)
def _load_once(_chosen: str) -> Policy:
    """Asked hundreds of times a page: keyed by the bare text, for a ``Path`` is slow to hash."""
    return load(home())


def _files(folder: Path, problems: Problems) -> dict[str, bytes]:
    """The content of each file by its path inside the folder; drafts (``.x``, ``x~``) aside."""
    if not folder.is_dir():
        problems.note(str(folder), "", "is not a folder; set CLAIREVOIE_POLICY to a policy folder")
        return {}
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith("~")
    }
    for name in FILES:
        if f"{name}.toml" not in found:
            problems.note(f"{name}.toml", "", "is missing; copy it from the default policy")
    for name in found:
        if name not in {f"{known}.toml" for known in FILES} and not name.startswith("versions/"):
            problems.note(name, "", "is not a file of a policy; move it elsewhere")
    return found


def _digest(files: dict[str, bytes]) -> str:
    """SHA-256 over the names, lengths and contents of all files."""
    whole = hashlib.sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def _parse(name: str, files: dict[str, bytes], problems: Problems) -> Table:
    """One file as a table; an empty one when it cannot be read at all."""
    try:
        values = tomllib.loads(files[name].decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.note(name, "", f"is not TOML in UTF-8: {error}")
        values = {}
    return Table(values, file=name, path="", problems=problems)


def _each(table: Table, read: Callable[[str, Table], T]) -> MappingProxyType[str, T]:
    """Each named table of a file, read by ``read`` until nothing is left unread."""
    found = {}
    for code, entry in table.tables():
        found[code] = read(code, entry)
        entry.finish()
    return MappingProxyType(found)


def _organisation(table: Table) -> Organisation:
    officer = table.table("officer")
    found = Organisation(
        name=table.text("name"),
        legal_form=table.text("legal-form"),
        capital=table.text("capital"),
        street=table.text("street"),
        postcode=table.text("postcode"),
        town=table.text("town"),
        siren=table.text("siren"),
        siret=table.text("siret"),
        vat=table.text("vat"),
        rcs=table.text("rcs"),
        registered_on=table.day("registered-on"),
        training_number=table.text("training-number"),
        training_authority=table.text("training-authority"),
        emails=table.texts("emails", required=True),
        contact_email=table.text("contact-email"),
        financial_year_end=table.text("financial-year-end"),
        director=table.text("director", ""),
        host=table.text("host"),
        officer=Officer(
            name=officer.text("name", ""),
            cnil_number=officer.text("cnil-number", ""),
            email=officer.text("email"),
            post=officer.text("post"),
        ),
    )
    officer.finish()
    table.finish()
    return found


def _activity(code: str, table: Table) -> Activity:
    return Activity(
        code=code,
        title=table.text("title"),
        purposes=table.texts("purposes", required=True),
        basis=table.choice("basis", Basis),
        basis_detail=table.text("basis-detail"),
        subjects=table.texts("subjects", required=True),
        data=table.texts("data", required=True),
        sensitive=table.flag("sensitive", default=False),
        retention=table.texts("retention", required=True),
        recipients=table.texts("recipients"),
        internal=table.texts("internal", required=True),
        transfers=table.texts("transfers"),
        security=table.texts("security", required=True),
        minimisation=table.text("minimisation"),
        promises=table.texts("promises"),
        created_on=table.day("created-on"),
        updated_on=table.day("updated-on"),
        sources=table.texts("sources", required=True),
        software=table.texts("software", required=True),
        impact=table.text("impact"),
        gaps=table.texts("gaps"),
        joint_controllers=table.texts("joint-controllers"),
        balancing=table.text("balancing", ""),
        while_restricted=table.flag("while-restricted", default=False),
        planned=table.flag("planned", default=False),
        category=_category(table),
        consent=_words(table),
        covered_by=table.texts("covered-by"),
        prospecting=table.flag("prospecting", default=False),
    )


def _words(table: Table) -> MappingProxyType[str, str]:
    """``consent = { fr = "…", en = "…" }``: what a person agrees to, word for word."""
    words = table.table("consent") if "consent" in table else None
    return MappingProxyType({} if words is None else {code: words.text(code) for code in words})


def _category(table: Table) -> MessageCategory | None:
    return table.choice("category", MessageCategory) if table.optional_text("category") else None


def _rule(code: str, table: Table) -> RetentionRule:
    clock, column = _clock(table)
    archive = table.optional_text("archive")
    if archive is not None and not archive.startswith("record:"):
        table.note("archive", f"is {archive!r}; write record: and a column")
    return RetentionRule(
        code=code,
        title=table.text("title"),
        reference=table.text("reference"),
        clock=clock,
        counted_from=table.text("counted-from"),
        column=column,
        duration=table.optional_duration("for"),
        then=table.choice("then", Ending, Ending.ERASE),
        notices=table.durations("notices"),
        same_copies_as=table.optional_text("same-copies-as"),
        archive_column=archive and archive.removeprefix("record:"),
        because=table.text("because"),
        outlives_erasure=table.flag("outlives-erasure", default=False),
        waivable=table.flag("waivable", default=False),
        under=table.optional_text("under"),
        gap=table.optional_text("gap"),
        promises=table.texts("promises"),
    )


def _clock(table: Table) -> tuple[Clock, str | None]:
    """``from = "last-use"``, or ``"record:"`` and the column of the record that starts it."""
    text = table.text("from")
    name, colon, column = text.partition(":")
    if text and (name not in list(Clock) or bool(colon) != (name == Clock.RECORD)):
        table.note("from", f"is {text!r}; choose {', '.join(Clock)}, the last one with :column")
        return Clock.LAST_PURPOSE, None
    if name == Clock.RECORD and not column.isidentifier():
        table.note("from", f"is {text!r}; name a column of the record, as in record:issued_on")
    return Clock(name or Clock.LAST_PURPOSE), column or None


def _recipient(code: str, table: Table) -> Recipient:
    return Recipient(
        code=code,
        name=table.text("name"),
        role=table.choice("role", Role),
        service=table.text("service"),
        countries_stored=table.texts("countries-stored", required=True),
        countries_transit=table.texts("countries-transit"),
        safeguard=table.text("safeguard", ""),
        data=table.texts("data", required=True),
        contract_on=table.optional_day("contract-on"),
        review_due=table.optional_day("review-due"),
        active=table.flag("active"),
        reuse_forbidden=table.flag("reuse-forbidden"),
        remuneration=table.text("remuneration"),
        promises=table.texts("promises", required=True),
        hosts=table.texts("hosts"),
        stands_for=table.text("stands-for", ""),
        american_service=table.choice("american-service", AmericanService)
        if "american-service" in table
        else None,
    )


def _tracker(code: str, table: Table) -> Tracker:
    return Tracker(
        code=code,
        name=table.text("name"),
        kind=table.text("kind"),
        provider=table.text("provider"),
        category=table.text("category"),
        exempt=table.flag("exempt"),
        purpose=table.text("purpose"),
        lifetime=table.optional_duration("lifetime"),
        also=table.texts("also"),
        on_request=table.optional_duration("on-request"),
        exempt_for_session=table.flag("exempt-for-session", default=False),
        third_party=table.flag("third-party", default=False),
        hosts=_hosts(table),
        policy_link=table.text("policy-link", ""),
        policy_checked_on=table.optional_day("policy-checked-on"),
        recipient=table.optional_text("recipient"),
        loss=table.text("loss", ""),
        active=table.flag("active", default=True),
        updated_on=table.day("updated-on"),
        promises=table.texts("promises", required=True),
    )


def _hosts(table: Table) -> tuple[Host, ...]:
    """``hosts = ["frame-src https://www.example.org"]``: a directive, then an origin."""
    found = []
    for text in table.texts("hosts"):
        directive, _, origin = text.partition(" ")
        if not (directive and origin.strip()):
            table.note("hosts", f"holds {text!r}; write it as 'script-src https://example.org'")
        found.append(Host(directive, origin.strip()))
    return tuple(found)


def _promise(code: str, table: Table) -> Promise:
    executor = table.optional_text("executor")
    planned = table.flag("planned", default=False)
    if (executor is None) != planned:
        table.note("executor", "name who executes it, or write planned = true; never both")
    return Promise(
        code=code,
        sentence=table.text("sentence"),
        section=table.text("section"),
        lines=table.text("lines"),
        owner=table.text("owner"),
        executor=executor,
        last_review=table.day("last-review"),
    )


def _versions(files: dict[str, bytes], problems: Problems) -> tuple[Version, ...]:
    """Every published version, by number; each is a folder with ``meta.toml`` and its text."""
    folders = sorted({name.split("/")[1] for name in files if name.startswith("versions/")})
    found = []
    for folder in folders:
        path = f"versions/{folder}"
        for name in ("meta.toml", "notice.fr.md"):
            if f"{path}/{name}" not in files:
                problems.note(f"{path}/{name}", "", "is missing; a version has both files")
                break
        else:
            found.append(_version(folder, files, problems))
    return tuple(sorted(found, key=lambda version: version.number))


def _is_prose(text: bytes) -> bool:
    try:
        return bool(text.decode("utf-8").strip())
    except UnicodeDecodeError:
        return False


def _version(folder: str, files: dict[str, bytes], problems: Problems) -> Version:
    table = _parse(f"versions/{folder}/meta.toml", files, problems)
    text = files[f"versions/{folder}/notice.fr.md"]
    if not _is_prose(text):
        problems.note(f"versions/{folder}/notice.fr.md", "", "is empty, or not UTF-8; save it so")
    maxima = table.table("maxima")
    version = Version(
        number=table.number("number"),
        published_on=table.day("published"),
        effective_on=table.day("effective"),
        importance=table.choice("importance", Importance),
        reason=table.text("reason", ""),
        text=text.decode("utf-8", errors="replace"),
        sha256=table.text("sha256"),
        maxima=MappingProxyType({key: maxima.duration(key) for key in maxima}),
    )
    table.finish()
    if str(version.number) != folder:
        table.note("number", f"is {version.number}; it stands in the folder versions/{folder}")
    if version.sha256 and version.sha256 != hashlib.sha256(text).hexdigest():
        table.note(
            "sha256",
            "is not that of notice.fr.md: a published text never changes; "
            "restore it (git log), or publish a new version",
        )
    return version
