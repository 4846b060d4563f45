"""The ground of every test: an instance of its own, a closed network, the cast.

``pytest`` runs on SQLite, ``DATABASE_URL=postgres://… pytest`` on PostgreSQL. Each xdist worker
has its own instance folder and its own database.
"""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.utils import CursorWrapper
    from pytest_django.live_server_helper import LiveServer

    from tests.cast import Person

# --- Before Django reads its settings -----------------------------------------------------------

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
HOME = Path(tempfile.mkdtemp(prefix=f"clairevoie-{WORKER}-"))
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
(HOME / "static").mkdir()
os.environ["CLAIREVOIE_HOME"] = str(HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "clairevoie.config.settings"
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright's sync API runs a loop of its own

from django.conf import settings as django_settings  # noqa: E402  # after the lines above

if django_settings.configured:
    raise pytest.UsageError("unset DJANGO_SETTINGS_MODULE and --ds: the tests choose the instance")


def _use_test_instance() -> None:
    """What tests change in the settings, and nothing else."""
    database = django_settings.DATABASES["default"]
    if "sqlite3" in database["ENGINE"]:
        # A real file: threads, WAL and erased pages behave as in production.
        database["TEST"] = {"NAME": str(HOME / "test.sqlite3")}
    # Pages are counted, but no test is surprised by the statement that sums them.
    django_settings.CLAIREVOIE_COUNT_SECONDS = float("inf")
    # A cookie that nobody declared or agreed to is an error here, not a line in a log.
    django_settings.CLAIREVOIE_STRICT_TRACKERS = True
    # The manifest of static files exists only after collectstatic.
    django_settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }


_use_test_instance()
# Workers of xdist inherit our environment, and must make an instance before reading settings.
del os.environ["DJANGO_SETTINGS_MODULE"]


# --- What runs on which engine ------------------------------------------------------------------


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL, leave out what asks no database: it says on SQLite all it has to say.

    On SQLite, what is about PostgreSQL alone.
    """
    is_postgresql = "postgresql" in django_settings.DATABASES["default"]["ENGINE"]
    wanted = _asks_a_database if is_postgresql else _is_for_any_engine
    config.hook.pytest_deselected(items=[item for item in items if not wanted(item)])
    items[:] = [item for item in items if wanted(item)]


def _is_for_any_engine(item: pytest.Item) -> bool:
    return item.get_closest_marker("postgresql") is None


def _asks_a_database(item: pytest.Item) -> bool:
    asked = {"db", "transactional_db"}.intersection(getattr(item, "fixturenames", ()))
    marks = ("django_db", "own_database")
    return bool(asked) or any(item.get_closest_marker(mark) for mark in marks)


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not look at it some thousands of times."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


# --- The network is closed ----------------------------------------------------------------------

_LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")
_connect = socket.socket.connect


class NetworkClosedError(OSError):
    """A test tried to leave this machine."""


def _connect_at_home(self: socket.socket, address: Any) -> None:
    if isinstance(address, tuple) and not str(address[0]).startswith(_LOOPBACK):
        raise NetworkClosedError(f"{address[0]}:{address[1]} is out of reach of tests")
    _connect(self, address)


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """No test talks to anything but this machine."""
    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", _connect_at_home)
    yield
    patch.undo()


# --- The database -------------------------------------------------------------------------------


_WRITTEN_BY_MIGRATING = {"django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def emptying_is_quick_and_passes_the_triggers() -> Iterator[None]:
    """Between tests with real transactions Django empties all tables; the ledger refuses that.

    The refusal is what production wants, so only this emptying goes round it. It looks for the
    tables in which the test wrote, a tenth of them, and leaves what migrating wrote where it is:
    Django would empty all and write that again.
    """
    from django.core.cache import cache
    from django.core.management.commands import flush
    from django.db import connection, transaction
    from django.db.backends.base.operations import BaseDatabaseOperations as Operations

    def empty(self: Operations, sql_list: list[str]) -> None:
        cache.clear()  # the counters of throttling live in the database too
        with transaction.atomic(), connection.cursor() as cursor:
            written = _written(cursor)
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
                for table in written:
                    cursor.execute(f'DELETE FROM "{table}"')
                return
            cursor.execute("SELECT name, sql, tbl_name FROM sqlite_master WHERE type = 'trigger'")
            triggers = [(name, sql) for name, sql, table in cursor.fetchall() if table in written]
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            for table in written:
                cursor.execute(f'DELETE FROM "{table}"')
            for _, sql in triggers:
                cursor.execute(sql)

    patch = pytest.MonkeyPatch()
    patch.setattr(Operations, "execute_sql_flush", empty)
    patch.setattr(flush, "emit_post_migrate_signal", lambda *_, **__: None)
    yield
    patch.undo()


def _written(cursor: CursorWrapper) -> set[str]:
    """The tables that hold a row, by one question."""
    from django.db import connection

    names = set(connection.introspection.django_table_names(only_existing=True))
    cursor.execute(
        " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")"
            for name in sorted(names - _WRITTEN_BY_MIGRATING)
        )
    )
    return {name for (name,) in cursor.fetchall()}


@pytest.fixture(scope="session", autouse=True)
def no_count_is_left_for_a_database_that_is_gone() -> Iterator[None]:
    yield
    from clairevoie.audience.counting import tally

    tally._counts.clear()


@pytest.fixture(autouse=True)
def no_anchor_of_another_ledger() -> Iterator[None]:
    """Ledgers of tests begin alike: the same words, published at the same instant."""
    yield
    (HOME / "ledger.anchors").unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def no_text_of_another_database() -> Iterator[None]:
    """A process writes each text of the banner once, and each test begins without any."""
    yield
    from clairevoie.consent.choosing import _kept

    _kept.clear()


@pytest.fixture(autouse=True)
def no_language_of_another_reader() -> Iterator[None]:
    """A request leaves its language to the thread, which in a test is that of the next test."""
    from django.utils import translation

    yield
    translation.deactivate()


@pytest.fixture
def recipients_as_they_are(db: None) -> Iterator[None]:
    """A test that cuts a recipient off leaves no memory of it to the next."""
    from clairevoie.privacy.recipients import _memory

    _memory.forget()
    yield
    _memory.forget()


# --- The instance and the browser ---------------------------------------------------------------


@pytest.fixture(scope="session")
def home() -> Path:
    """The instance folder: database, files, logs, sent mail."""
    return HOME


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Debian's Chromium, silent: it asks nothing of anybody but the live server.

    The same engine without the windows around it, where it is installed: half of the time of
    a page.
    """
    switches = (
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE *localhost",
    )
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("CHROMIUM")
        or shutil.which("chromium-headless-shell")
        or "/usr/bin/chromium",
        "args": [f"--{switch}" for switch in switches],
    }


@pytest.fixture(scope="session", autouse=True)
def browsers_keep_static_files() -> Iterator[None]:
    """As in production, where a style sheet is asked for once: half of the time of a page here."""
    from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin as Handler

    serve = Handler.serve
    patch = pytest.MonkeyPatch()

    def kept(self: Handler, request: Any) -> Any:
        response = serve(self, request)
        response.headers["Cache-Control"] = "max-age=3600"
        return response

    patch.setattr(Handler, "serve", kept)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def base_url(live_server: LiveServer) -> str:
    """``page.goto("/mon-compte/")`` opens the live server."""
    url: str = live_server.url
    return url


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "locale": "fr-FR", "timezone_id": "Europe/Paris"}


# --- The cast -----------------------------------------------------------------------------------


@pytest.fixture
def alice(db: None) -> Person:
    """A learner; the data is hers."""
    from tests.cast import member

    return member("alice")


@pytest.fixture
def bob(db: None) -> Person:
    """Alice's trainer."""
    from tests.cast import member

    return member("bob")


@pytest.fixture
def charlie(db: None) -> Person:
    """Another learner: always refused what is Alice's."""
    from tests.cast import member

    return member("charlie")


@pytest.fixture
def dora(db: None) -> Person:
    """A prospect, without an account."""
    from tests.cast import prospect

    return prospect("dora")


@pytest.fixture
def eve(db: None) -> Person:
    """An administrator."""
    from tests.cast import member

    return member("eve")


@pytest.fixture
def flora(db: None) -> Person:
    """An advisor."""
    from tests.cast import member

    return member("flora")


@pytest.fixture
def gaston(db: None) -> Person:
    """An accountant."""
    from tests.cast import member

    return member("gaston")


@pytest.fixture
def helene(db: None) -> Person:
    """Hélène, data protection officer."""
    from tests.cast import member

    return member("helene")
