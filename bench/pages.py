"""``python -m bench.pages``: requests a second of « Mon compte » against a bare Django view.

Same machine, database and server (granian, one worker each in turn), same load (wrk, 8
connections), in turns; medians. Prints one JSON document; both engines together write their part
of docs/benchmarks.md. Needs wrk (``apt install wrk``).
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.__main__ import instance, run
from bench.report import write_pages

ROUNDS, SECONDS = 5, "5s"
PAGES = (
    "/mon-compte/",
    "/mon-compte/formations/",
    "/apprendre/rgpd-petite-entreprise/",
    "/apprendre/rgpd-petite-entreprise/mettre-de-l-ordre/durees/",
    "/mon-compte/conservation/",
    "/mon-compte/profil/",
)
WHO = "alice@courriel.example"
SIGN_IN = f"""
from clairevoie.accounts.models import Member
from clairevoie.accounts.sessions import SessionStore
from django.contrib.auth import SESSION_KEY, BACKEND_SESSION_KEY, HASH_SESSION_KEY
from django.conf import settings
member = Member.objects.get(email="{WHO}")
session = SessionStore()
session[SESSION_KEY] = str(member.pk)
session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
session[HASH_SESSION_KEY] = member.get_session_auth_hash()
"""
BARE_SESSION = f"""
from django.contrib.sessions.backends.db import SessionStore
from django.conf import settings
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("SELECT subject_id FROM accounts_member WHERE email = %s", ["{WHO}"])
    [number] = cursor.fetchone()
session = SessionStore()
session["member"] = number
"""
FINISH = """
session.create()
print(settings.SESSION_COOKIE_NAME + "=" + session.session_key)
"""


def cookie(environment: dict[str, str], code: str) -> str:
    """Open a session without a browser; the cookie header."""
    program = "import django; django.setup()\n" + code + FINISH
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1] + "; clairevoie_csrf=" + "x" * 32


@contextmanager
def served(environment: dict[str, str], application: str, port: int) -> Iterator[str]:
    """One granian worker; the address once it answers."""
    granian = str(Path(sys.executable).parent / "granian")
    server = subprocess.Popen(
        [
            *(granian, "--interface", "wsgi", "--port", str(port), "--workers", "1"),
            *("--blocking-threads", "1", "--log-level", "error", application),
        ],
        env=environment,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/sante/", timeout=5)
            except urllib.error.HTTPError:
                break
            except OSError:
                time.sleep(0.1)
            else:
                break
        yield address
    finally:
        server.terminate()
        server.wait()


def rate(address: str, header: str) -> float:
    """Requests a second; refuses anything but answers in the 200s."""
    done = subprocess.run(
        ["wrk", "-t1", "-c8", "-d", SECONDS, "-H", f"Cookie: {header}", address],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    if "Non-2xx" in done.stdout:
        raise SystemExit(f"{address}: {done.stdout}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", done.stdout)
    assert found, done.stdout
    return float(found[1])


def check(address: str, header: str) -> int:
    request = urllib.request.Request(address, headers={"Cookie": header})
    with urllib.request.urlopen(request) as answer:
        if answer.geturl() != address:
            raise SystemExit(f"{address} leads to {answer.geturl()}")
        return len(answer.read())


def compare(engine: str) -> dict[str, Any]:
    """Interleaved rounds of the bare view and of each page."""
    with instance(engine) as environment:
        run(environment, "clairevoie", "migrate", "--verbosity", "0")
        run(environment, "clairevoie", "collectstatic", "--noinput", "--verbosity", "0")
        run(environment, "clairevoie", "demonstration")
        bare_environment = {**environment, "DJANGO_SETTINGS_MODULE": "bench.bare"}
        run(bare_environment, "django", "migrate", "sessions", "--skip-checks", "-v0")
        ours = cookie(environment, SIGN_IN)
        bare = cookie(bare_environment, BARE_SESSION)
        rates: dict[str, list[float]] = {"bare": [], **{page: [] for page in PAGES}}
        sizes = {}
        with (
            served(environment, "clairevoie.config.wsgi:application", 8191) as platform,
            served(bare_environment, "bench.bare_pages:application", 8192) as yardstick,
        ):
            for page in PAGES:
                sizes[page] = check(platform + page, ours)
            for _ in range(ROUNDS):
                rates["bare"].append(rate(yardstick + "/", bare))
                for page in PAGES:
                    rates[page].append(rate(platform + page, ours))
    medians = {name: statistics.median(values) for name, values in rates.items()}
    return {
        "engine": engine,
        "bare": medians["bare"],
        "pages": {
            page: {
                "rate": medians[page],
                "ratio": medians[page] / medians["bare"],
                "bytes": sizes[page],
            }
            for page in PAGES
        },
    }


def main() -> None:
    if shutil.which("wrk") is None:
        raise SystemExit("wrk is missing: apt install wrk")
    engines = sys.argv[1:] or ["postgresql", "sqlite"]
    found = [compare(engine) for engine in engines]
    print(json.dumps(found, indent=2))
    if len(found) == 2:
        machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
        report = Path(__file__).parent.parent / "docs" / "benchmarks.md"
        write_pages(report, found, machine, os.getloadavg()[0])


if __name__ == "__main__":
    main()
