"""What the database itself refuses, whoever asks: changing the ledger, rewriting a choice.

Three protections, on both engines, installed by the migrations that call :func:`protect`:

- the ledger, the words people agree to, and what apps :func:`freeze`, refuse UPDATE, DELETE and
  TRUNCATE (and, on SQLite, INSERT OR REPLACE);
- consents, objections and acknowledgements refuse UPDATE, except of ``subject_id`` alone:
  merging two subjects moves their choices, erasure deletes them, nothing rewrites them;
- the columns that apps :func:`seal` refuse UPDATE, while the others of the table may change.

A trap: on SQLite, Django changes a table by rebuilding it, which drops its triggers. A migration
that alters one of these tables must call :func:`protect` afterwards; ``ledger verify`` tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.backends.base.base import BaseDatabaseWrapper

FROZEN = ["privacy_ledgerentry", "privacy_consenttext", "privacy_consentcoverage"]
SEALED: dict[str, tuple[str, ...]] = {}
APPEND_ONLY = [
    *("privacy_consent", "privacy_consentproof"),
    *("privacy_objection", "privacy_acknowledgement"),
]

Sealed = Mapping[str, tuple[str, ...]]

_POSTGRESQL_FUNCTIONS = """
CREATE OR REPLACE FUNCTION clairevoie_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE FUNCTION clairevoie_refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'subject_id' IS DISTINCT FROM to_jsonb(OLD) - 'subject_id' THEN
        RAISE EXCEPTION '% is append-only: only subject_id may change', TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


def freeze(table: str) -> None:
    """Have ``table`` of an app frozen too, from the migration of its own that calls
    :func:`protect`; the engine knows no app."""
    if table not in FROZEN:
        FROZEN.append(table)


def append_only(table: str) -> None:
    """Have no row of an app's ``table`` rewritten; its retention rule may still end it."""
    if table not in APPEND_ONLY:
        APPEND_ONLY.append(table)


def seal(table: str, *columns: str) -> None:
    """Have these columns of an app's ``table`` keep the value they were inserted with."""
    SEALED[table] = columns


def protect(connection: BaseDatabaseWrapper) -> None:
    """Install every protection; those already there are replaced."""
    unprotect(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTIONS)
        for _, _, statement in _protections(connection):
            cursor.execute(statement)


def unprotect(connection: BaseDatabaseWrapper) -> None:
    """Remove every protection: for a migration that rebuilds a table, and for test runners."""
    with connection.cursor() as cursor:
        for name, table, _ in _protections(connection):
            where = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


def missing_protections(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of the triggers that are absent or switched off."""
    if connection.vendor == "postgresql":
        live = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    else:
        live = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(live)
        found = {name for (name,) in cursor.fetchall()}
    return [name for name, _, _ in _protections(connection) if name not in found]


def _protections(connection: BaseDatabaseWrapper) -> Iterator[tuple[str, str, str]]:
    """(trigger, table, statement that creates it), for this engine; tables of migrations yet to
    come have none."""
    there = set(connection.introspection.table_names())
    frozen = [table for table in FROZEN if table in there]
    append_only = [table for table in APPEND_ONLY if table in there]
    sealed = {
        table: _present(connection, table, columns)
        for table, columns in SEALED.items()
        if table in there
    }
    if connection.vendor == "postgresql":
        yield from _on_postgresql(frozen, append_only)
        yield from _seals_on_postgresql(sealed)
    else:
        yield from _on_sqlite(connection, frozen, append_only)
        yield from _seals_on_sqlite(connection, sealed)


def _on_postgresql(frozen: list[str], append_only: list[str]) -> Iterator[tuple[str, str, str]]:
    refuse = "EXECUTE FUNCTION clairevoie_refuse_change()"
    for table in frozen:
        rows = f"{table}_no_change"
        yield (
            rows,
            table,
            f"CREATE TRIGGER {rows} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}",
        )
        whole = f"{table}_no_truncate"
        yield (
            whole,
            table,
            f"CREATE TRIGGER {whole} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}",
        )
    for table in append_only:
        name = f"{table}_no_rewrite"
        keep = "EXECUTE FUNCTION clairevoie_refuse_rewrite()"
        yield (
            name,
            table,
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW {keep}",
        )


def _on_sqlite(
    connection: BaseDatabaseWrapper, frozen: list[str], append_only: list[str]
) -> Iterator[tuple[str, str, str]]:
    for table in frozen:
        for verb, when in (
            ("UPDATE", ""),
            ("DELETE", ""),
            # INSERT OR REPLACE deletes without firing the DELETE trigger.
            (
                "INSERT",
                f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {_same_key(connection, table)})",
            ),
        ):
            yield _refusal(table, verb, when)
    for table in append_only:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT name FROM pragma_table_info('{table}')")
            columns = [name for (name,) in cursor.fetchall() if name != "subject_id"]
        changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
        yield _refusal(table, "UPDATE", f" WHEN {changed or 1}")


def _seals_on_postgresql(sealed: Sealed) -> Iterator[tuple[str, str, str]]:
    for table, columns in sealed.items():
        name = f"{table}_sealed"
        changed = " OR ".join(f'OLD."{c}" IS DISTINCT FROM NEW."{c}"' for c in columns)
        yield (
            name,
            table,
            f"CREATE TRIGGER {name} BEFORE UPDATE ON {table} FOR EACH ROW WHEN ({changed}) "
            "EXECUTE FUNCTION clairevoie_refuse_change()",
        )


def _seals_on_sqlite(
    connection: BaseDatabaseWrapper, sealed: Sealed
) -> Iterator[tuple[str, str, str]]:
    for table, columns in sealed.items():
        changed = " OR ".join(f'OLD."{c}" IS NOT NEW."{c}"' for c in columns)
        yield _refusal(table, "UPDATE", f" WHEN {changed}")
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {_same_key(connection, table)})"
        yield _refusal(table, "INSERT", f" WHEN {there}")


def _present(
    connection: BaseDatabaseWrapper, table: str, columns: tuple[str, ...]
) -> tuple[str, ...]:
    """Those of ``columns`` that exist yet: migrations of other apps install protections too."""
    with connection.cursor() as cursor:
        there = {
            str(c.name) for c in connection.introspection.get_table_description(cursor, table)
        }
    return tuple(column for column in columns if column in there)


def _same_key(connection: BaseDatabaseWrapper, table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE pk")
        [(key,)] = cursor.fetchall()
    return f'"{key}" = NEW."{key}"'


def _refusal(table: str, verb: str, when: str) -> tuple[str, str, str]:
    name = f"{table}_no_{verb.lower()}"
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only: {verb} is refused')"
    create = f"CREATE TRIGGER {name} BEFORE {verb} ON {table}{when} BEGIN {refuse}; END"
    return name, table, create
