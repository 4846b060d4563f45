"""What an engineer would write by hand, once, for this very schema: the yardstick.

No registry, no declarations, no policy: table names, columns and cut-offs stand here as text.
Each function does the same work as the engine and ends in the same state; ``measure`` checks
that, and that the tables named here are exactly those declared.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection, transaction

# table → column that holds the person's number
TABLES = {
    "learning_correction": "subject_id",
    "learning_document": "subject_id",
    "learning_submission": "subject_id",
    "learning_remark": "subject_id",
    "learning_attempt": "subject_id",
    "learning_completion": "subject_id",
    "learning_motivation": "subject_id",
    "learning_packageresult": "subject_id",
    "learning_enrolment": "subject_id",
    "learning_candidacy": "subject_id",
    "learning_cohortinvitation": "subject_id",
    "learning_addressinvitation": "subject_id",
    "learning_teaching": "subject_id",
    "learning_rating": "subject_id",
    "privacy_contactpoint": "subject_id",
    "privacy_consent": "subject_id",
    "privacy_objection": "subject_id",
    "privacy_acknowledgement": "subject_id",
    "privacy_restriction": "subject_id",
    "privacy_legalhold": "subject_id",
    "privacy_suspension": "subject_id",
    "privacy_disclosure": "subject_id",
    "privacy_expirynotice": "subject_id",
    "privacy_exportpack": "subject_id",
    "privacy_formernumber": "subject_id",
    "consent_parentalconsent": "subject_id",
    "newsletter_interest": "subject_id",
    "newsletter_subscription": "subject_id",
    "newsletter_pending": "subject_id",
    "messaging_message": "subject_id",
    "surveys_answer": "subject_id",
    "surveys_invitation": "subject_id",
    "django_admin_log": "user_id",
    "account_emailaddress": "user_id",
    "mfa_authenticator": "user_id",
    "accounts_member": "subject_id",
    "accounts_recoverycode": "subject_id",
    "accounts_session": "subject_id",
    "accounts_securityevent": "subject_id",
}
INDIRECT = {
    "account_emailconfirmation": "email_address_id IN "
    "(SELECT id FROM account_emailaddress WHERE user_id {among})"
}
LASTING = {
    "privacy_suspensionmark": "subject_id",
    "privacy_incident": "subject_id",
    "messaging_suppression": "subject_id",
}
# Archives that copy a person's public number, and need no row of that person.
UNKEYED = {"credentials_credential": "holder", "privacy_consentproof": "person"}
FILES = {
    "privacy_exportpack": ("default", ("file",)),
    "messaging_message": ("mail", ("copy",)),
    "learning_document": ("default", ("file",)),
    "accounts_member": ("default", ("avatar", "avatar_small")),
}
CLOCKS = {
    "privacy_suspensionmark": "suspended_on",
    "privacy_disclosure": "disclosed_on",
    "privacy_expirynotice": "last_day",
    "privacy_exportpack": "expires_on",
    "privacy_incident": "closed_on",
    "consent_parentalconsent": "waiting_since",
    "newsletter_interest": "last_act_on",
    "newsletter_subscription": "last_act_on",
    "newsletter_pending": "asked_on",
    "messaging_suppression": "reviewed_on",
    "messaging_message": "sent_on",
    "surveys_invitation": "sent_on",
    "surveys_answer": "answered_on",
    "learning_rating": "answered_on",
    "learning_motivation": "computed_on",
    "learning_addressinvitation": "invited_on",
    "credentials_credential": "issued_on",
    "privacy_consentproof": "ended_on",
    "accounts_session": "expire_date",
    "accounts_securityevent": "happened_at",
}
POSTGRESQL = connection.vendor == "postgresql"
AMONG = "= ANY(%s)" if POSTGRESQL else "IN (SELECT value FROM json_each(%s))"
JSON = "jsonb_build_object" if POSTGRESQL else "json_object"
LOCK = "FOR UPDATE SKIP LOCKED" if POSTGRESQL else ""


def _ids(ids: Sequence[int]) -> Any:
    return list(ids) if POSTGRESQL else json.dumps(list(ids))


def _rows(cursor: Any, sql: str, *parameters: Any) -> list[Any]:
    cursor.execute(sql, parameters)
    return list(cursor.fetchall())


def plan(on: date, cutoffs: dict[str, Any]) -> dict[str, int]:
    """How much each clock makes due: one count a clock."""
    found = {}
    with connection.cursor() as cursor:
        for clock in ("last_use", "suspended_on", "closed_on", "last_contact", "dormant"):
            column = "last_use" if clock == "dormant" else clock
            awake = " AND dormant_since IS NULL" if clock == "dormant" else ""
            [(count, _, _)] = _rows(
                cursor,
                f"SELECT count(*), min({column}), max({column}) FROM privacy_datasubject "
                f"WHERE {column} < %s{awake} AND NOT restricted AND NOT held",
                cutoffs[clock],
            )
            found[clock] = count
        for table, column in CLOCKS.items():
            number, owner = ("uuid", UNKEYED[table]) if table in UNKEYED else ("id", "subject_id")
            [(count, _, _)] = _rows(
                cursor,
                f"SELECT count(*), min({column}), max({column}) FROM {table} WHERE {column} < %s "
                f"AND NOT EXISTS (SELECT 1 FROM privacy_datasubject s WHERE s.{number} = "
                f"{table}.{owner} AND (s.restricted OR s.held))",
                cutoffs[table],
            )
            found[table] = count
    return found


def erase(subject: int, on: date, policy_hash: str) -> None:
    """One person, one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        lock = "FOR UPDATE" if POSTGRESQL else ""
        [(uuid,)] = _rows(
            cursor, f"SELECT uuid FROM privacy_datasubject WHERE id = %s {lock}", subject
        )
        counts = _remove(cursor, [subject], on)
        _write_ledger(cursor, "rights.erase", UUID(str(uuid)), {"tables": counts}, policy_hash)


def sweep(on: date, cutoff: date, policy_hash: str, batch: int) -> int:
    """Everybody whose last use is before ``cutoff``, in batches of one transaction."""
    total = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            due = _rows(
                cursor,
                "SELECT id, uuid, last_use FROM privacy_datasubject WHERE last_use < %s "
                "AND NOT restricted AND NOT held ORDER BY last_use, id "
                f"LIMIT {batch} {LOCK}",
                cutoff.isoformat(),
            )
            if not due:
                return total
            counts = _remove(cursor, [pk for pk, _, _ in due], on)
            names = "\n".join(sorted(str(uuid) for _, uuid, _ in due))
            facts = {
                "count": len(due),
                "sha256": hashlib.sha256(names.encode()).hexdigest(),
                "from": str(due[0][2]),
                "to": str(due[-1][2]),
                "tables": counts,
            }
            _write_ledger(cursor, "retention.account", None, facts, policy_hash)
            total += len(due)


def _remove(cursor: Any, ids: Sequence[int], on: date) -> dict[str, int]:
    among = _ids(ids)
    now = connection.ops.adapt_datetimefield_value(datetime.now(UTC))
    queue = (
        "INSERT INTO privacy_effect (kind, payload, made_at, attempts, last_error) "
        f"SELECT %s, {JSON}(%s, %s), %s, 0, '' FROM "
    )
    for table, (storage, columns) in FILES.items():
        for column in columns:
            cursor.execute(
                queue.replace("(%s, %s)", f"('storage', '{storage}', 'name', {column})")
                + f"{table} WHERE {TABLES[table]} {AMONG} AND {column} <> ''",
                ["delete-file", now, among],
            )
    cursor.execute(
        queue.replace("(%s, %s)", "('recipient', recipient, 'subject', uuid, 'what', 'erasure')")
        + "(SELECT DISTINCT CAST(s.uuid AS text) AS uuid, d.recipient FROM privacy_disclosure d "
        f"JOIN privacy_datasubject s ON s.id = d.subject_id WHERE d.subject_id {AMONG}) served",
        ["notify-recipient", now, among],
    )
    cursor.execute(
        "INSERT INTO privacy_consentproof (record, person, activity, text_hash, fingerprint, "
        "given_at, withdrawn_at, ended_on) "
        "SELECT id, uuid, activity, text_hash, fingerprint, at, "
        "CASE WHEN NOT next_given THEN next_at END, COALESCE(date(next_at), date(%s)) FROM ("
        "SELECT c.*, s.uuid, LEAD(c.at) OVER w AS next_at, LEAD(c.given) OVER w AS next_given "
        "FROM privacy_consent c JOIN privacy_datasubject s ON s.id = c.subject_id "
        f"WHERE c.subject_id {AMONG} "
        "WINDOW w AS (PARTITION BY c.subject_id, c.activity ORDER BY c.id)) acts WHERE given",
        [on.isoformat(), among],
    )
    counts = {}
    for table, where in INDIRECT.items():
        cursor.execute(f"DELETE FROM {table} WHERE {where.format(among=AMONG)}", [among])
        counts[table] = cursor.rowcount
    for table, column in TABLES.items():
        cursor.execute(f"DELETE FROM {table} WHERE {column} {AMONG}", [among])
        counts[table] = cursor.rowcount
    cursor.execute(
        "INSERT INTO privacy_tombstone (uuid, erased_on) "
        f"SELECT uuid, %s FROM privacy_datasubject WHERE id {AMONG}",
        [on.isoformat(), among],
    )
    archived = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} a WHERE a.{column} = privacy_datasubject.id)"
        for table, column in LASTING.items()
    )
    cursor.execute(
        f"DELETE FROM privacy_datasubject WHERE id {AMONG} AND NOT ({archived})", [among]
    )
    cursor.execute(
        "UPDATE privacy_datasubject SET erased_on = %s, last_use = NULL, last_contact = NULL, "
        f"suspended_on = NULL, closed_on = NULL, dormant_since = NULL WHERE id {AMONG}",
        [on.isoformat(), among],
    )
    return counts


def _write_ledger(
    cursor: Any, executor: str, subject: UUID | None, facts: dict[str, Any], policy_hash: str
) -> None:
    from clairevoie.privacy.ledger import GENESIS, digest_of
    from clairevoie.privacy.models import LedgerEntry

    if POSTGRESQL:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [0x1ED6E2])
    head = _rows(cursor, "SELECT id, hash FROM privacy_ledgerentry ORDER BY id DESC LIMIT 1")
    number, previous = head[0] if head else (0, GENESIS)
    entry = LedgerEntry(
        id=number + 1,
        at=datetime.now(UTC),
        executor=executor,
        subject=subject,
        facts=facts,
        policy_hash=policy_hash,
        previous=previous,
    )
    at = connection.ops.adapt_datetimefield_value(entry.at)
    person = (
        connection.ops.adapt_uuidfield_value(subject)
        if hasattr(connection.ops, "adapt_uuidfield_value")
        else subject and (subject if POSTGRESQL else subject.hex)
    )
    cursor.execute(
        "INSERT INTO privacy_ledgerentry "
        "(id, at, executor, subject, facts, policy_hash, previous, hash) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            entry.id,
            at,
            executor,
            person,
            json.dumps(facts),
            policy_hash,
            previous,
            digest_of(entry),
        ],
    )
    cursor.execute(
        "INSERT INTO privacy_execution (executor, last_at, times) VALUES (%s, %s, 1) "
        "ON CONFLICT (executor) DO UPDATE SET last_at = excluded.last_at, "
        "times = privacy_execution.times + 1",
        [executor, at],
    )


def export(subject: int, target: Path, columns: dict[str, list[str]]) -> int:
    """All rows of one person as JSON and as an HTML page in one ZIP; how many rows.

    ``columns``: what to select from each table, the same as the engine exports.
    """
    rows_written = 0
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack,
    ):
        data: dict[str, list[dict[str, Any]]] = {}
        for table, wanted in columns.items():
            if not wanted:
                continue
            where = _whose(table)
            found = _rows(
                cursor, f"SELECT {', '.join(wanted)} FROM {table} WHERE {where}", subject
            )
            data[table] = [dict(zip(wanted, row, strict=True)) for row in found]
            rows_written += len(found)
        pack.writestr("donnees.json", json.dumps(data, default=str, ensure_ascii=False))
        pack.writestr("lisez-moi.html", _page(data))
    return rows_written


def _whose(table: str) -> str:
    if table in INDIRECT:
        return INDIRECT[table].format(among="= %s")
    if table == "privacy_datasubject":
        return "id = %s"
    if table in UNKEYED:
        return f"{UNKEYED[table]} = (SELECT uuid FROM privacy_datasubject WHERE id = %s)"
    return f"{(TABLES | LASTING)[table]} = %s"


def _page(data: dict[str, list[dict[str, Any]]]) -> str:
    parts = ["<!doctype html><meta charset=utf-8><title>Données</title>"]
    for table, rows in data.items():
        head = "".join(f"<th>{escape(name)}" for name in (rows[0] if rows else ()))
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(str(value))}" for value in row.values()) for row in rows
        )
        parts.append(f"<h2>{escape(table)}</h2><table><tr>{head}{body}</table>")
    return "".join(parts)
