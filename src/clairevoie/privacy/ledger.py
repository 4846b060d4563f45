"""The append-only, hash-chained journal of everything the engine did.

Each line's hash covers its columns, the digest of the policy in force and the previous line's
hash; numbers run 1, 2, 3… without a gap. The database refuses UPDATE and DELETE
(:mod:`clairevoie.privacy.triggers`). What is found, and how:

- altered, inserted or reordered: a hash or a link no longer agrees;
- deleted inside: a number is missing;
- cut off at the end: the executions counted in the same transactions (``Execution.times``)
  no longer add up to the number of lines, and the heads noted every night outside the database
  (:mod:`clairevoie.privacy.anchors`) are not found any more;
- recomputed as a whole: the noted heads disagree.

Nothing else may write ``Execution.times``: the sum is part of the proof.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from ipaddress import ip_address
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from clairevoie import policy
from clairevoie.privacy import anchors, triggers
from clairevoie.privacy.models import Execution, LedgerEntry

Progress = Callable[[int, int], object]  # lines read, lines there are

GENESIS = "0" * 64
_LOCK = 0x1ED6E2  # the advisory lock that makes writers of the ledger queue up
_PAGE = 5_000


class FactRefused(ValueError):
    """Le journal n’accepte que des codes, des nombres, des dates et des empreintes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is to be written; number, policy and hashes are the ledger's own business."""

    executor: str  # "<app>.<verb>"
    at: datetime
    facts: Mapping[str, Any]
    subject: UUID | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """``broken`` is the number of the first line that is not what it was; None when sound."""

    entries: int
    broken: int | None
    because: str = ""  # altered, missing, truncated, unlike-anchor, unprotected

    @property
    def sound(self) -> bool:
        return not self.because


def append(
    *, executor: str, at: datetime, facts: Mapping[str, Any], subject: UUID | None = None
) -> LedgerEntry:
    """Write one line. Call it last in the transaction: writers of the ledger queue up behind it.

    Raises :class:`FactRefused` on anything that looks like a personal value.
    """
    return append_many([Line(executor=executor, at=at, subject=subject, facts=facts)])[-1]


def append_many(lines: Iterable[Line]) -> list[LedgerEntry]:
    """Write lines in this order, in one transaction."""
    with transaction.atomic():
        number, previous = _lock_head()
        entries = list(_chain(lines, number, previous, policy.current().digest))
        LedgerEntry.objects.bulk_create(entries)
        _count_executions(entries)
    return entries


def verify(*, progress: Progress = lambda _done, _total: None) -> Verification:
    """Read the whole ledger in pages and find the first line that is not what it was."""
    total, counted = _totals()
    heads, previous, expected = anchors.noted_heads(), GENESIS, 1
    for entry in _every_line():
        if entry.id > total:  # written while we were reading
            break
        if entry.id != expected:
            return Verification(expected - 1, min(entry.id, expected), "missing")
        if entry.previous != previous or entry.hash != digest_of(entry):
            return Verification(expected - 1, entry.id, "altered")
        if heads.pop(entry.id, entry.hash) != entry.hash:
            return Verification(expected - 1, entry.id, "unlike-anchor")
        previous, expected = entry.hash, expected + 1
        if entry.id % _PAGE == 0:
            progress(entry.id, total)
    entries = expected - 1
    if counted != entries or heads:
        return Verification(entries, expected, "truncated")
    unprotected = triggers.missing_protections(connection)
    return Verification(entries, None, "unprotected" if unprotected else "")


def digest_of(entry: LedgerEntry) -> str:
    """SHA-256 of the canonical JSON of every column but ``hash``."""
    columns = {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "executor": entry.executor,
        "facts": entry.facts,
        "id": entry.id,
        "policy_hash": entry.policy_hash,
        "previous": entry.previous,
        "subject": str(entry.subject) if entry.subject else None,
    }
    canonical = json.dumps(columns, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def last_run(executor: str) -> datetime | None:
    """When ``executor`` last wrote a line."""
    return Execution.objects.filter(pk=executor).values_list("last_at", flat=True).first()


def mark_executed(executors: Iterable[str], *, at: datetime) -> None:
    """They ran, and had nothing to write: the public page says when all the same."""
    Execution.objects.bulk_create(
        [Execution(executor=executor, last_at=at) for executor in sorted(executors)],
        update_conflicts=True,
        unique_fields=["executor"],
        update_fields=["last_at"],
    )


def _lock_head() -> tuple[int, str]:
    """Become the only writer until the transaction ends; the last line's number and hash.

    SQLite needs no lock of ours: its transactions are IMMEDIATE, so there is one writer.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    head = LedgerEntry.objects.order_by("-id").values_list("id", "hash").first()
    return head or (0, GENESIS)


def _chain(
    lines: Iterable[Line], number: int, previous: str, policy_hash: str
) -> Iterator[LedgerEntry]:
    for line in lines:
        number += 1
        entry = LedgerEntry(
            id=number,
            at=line.at,
            executor=_code(line.executor),
            subject=line.subject,
            facts=_fact(line.facts),
            policy_hash=policy_hash,
            previous=previous,
        )
        entry.hash = previous = digest_of(entry)
        yield entry


def _count_executions(entries: list[LedgerEntry]) -> None:
    """One upsert an executor; the writers queue up already, so nobody waits twice."""
    times = Counter(entry.executor for entry in entries)
    last = {entry.executor: entry.at for entry in sorted(entries, key=lambda entry: entry.at)}
    newest = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    table = Execution._meta.db_table
    with connection.cursor() as cursor:
        for executor, count in times.items():
            at = connection.ops.adapt_datetimefield_value(last[executor])
            cursor.execute(
                f"INSERT INTO {table} (executor, last_at, times) VALUES (%s, %s, %s) "
                "ON CONFLICT (executor) DO UPDATE SET "
                f"last_at = {newest}({table}.last_at, excluded.last_at), "
                f"times = {table}.times + excluded.times",
                [executor, at, count],
            )


def _totals() -> tuple[int, int]:
    """Highest number, and executions counted: in one statement, hence of the same instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT (SELECT COALESCE(MAX(id), 0) FROM {LedgerEntry._meta.db_table}), "
            f"(SELECT COALESCE(SUM(times), 0) FROM {Execution._meta.db_table})"
        )
        total, counted = cursor.fetchone()
    return int(total), int(counted)


def _every_line() -> Iterator[LedgerEntry]:
    """All lines by number, a page at a time: memory does not grow with the ledger."""
    page = list(LedgerEntry.objects.order_by("id")[:_PAGE])
    while page:
        yield from page
        page = list(LedgerEntry.objects.filter(id__gt=page[-1].id).order_by("id")[:_PAGE])


# --- What may stand in the ledger ---------------------------------------------------------------

_CODE = re.compile(r"[a-z0-9*][a-z0-9._:/+*-]{0,127}")
_LABEL = re.compile(r"[a-z_]{1,40}\.[A-Za-z]{1,60}")  # a model: accounts.Member
_TERM = re.compile(r"P(\d+[YMD])+|[PRF]-[0-9A-Z-]{1,12}")  # P60D, P-088, R-ACC
_DAY = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PHONE = re.compile(r"[\d+][\d.:/-]{6,24}")


def _fact(value: Any) -> Any:
    """``value`` as JSON, when it can hold nothing personal."""
    match value:
        case None | bool() | int():
            return value
        case UUID():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="seconds")
        case date():
            return value.isoformat()
        case str():
            return _code(value) if value else ""
        case Mapping():
            return {_code(key): _fact(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_fact(item) for item in value]
    raise FactRefused(f"a {type(value).__name__} has no place in the ledger")


def _code(text: str) -> str:
    """``text`` when it is a code, a date, a hash or a UUID. The refusal never repeats it."""
    if _UUID.fullmatch(text) or _DAY.fullmatch(text):
        return text
    if not any(form.fullmatch(text) for form in (_CODE, _LABEL, _TERM)):
        raise FactRefused("a text that is no code, date, hash or UUID has no place in the ledger")
    if _PHONE.fullmatch(text) or _is_address(text):
        raise FactRefused("a phone number or an IP address has no place in the ledger")
    return text


def _is_address(text: str) -> bool:
    try:
        ip_address(text.rpartition("/")[0] or text)
    except ValueError:
        return False
    return True
