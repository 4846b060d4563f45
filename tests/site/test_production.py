"""In production: TLS only, and nothing for Django's own inspector to say."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.promises import promise

HERE = {"PATH": os.environ["PATH"], "CLAIREVOIE_PRODUCTION": "1"}


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    return {
        **HERE,
        "CLAIREVOIE_HOME": str(tmp_path),
        "CLAIREVOIE_URL": "https://formation.example",
        "CLAIREVOIE_HOSTS": "formation.example",
    }


def run(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "clairevoie", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@promise("P-004")
def test_the_deployment_check_has_nothing_to_say(production: dict[str, str]) -> None:
    found = run(production, "check", "--deploy", "--fail-level", "WARNING")

    assert found.returncode == 0, found.stderr
    # Which fonts a machine has is an information, and the only one.
    said = [line for line in found.stderr.splitlines() if line.startswith("?: ")]
    assert [line for line in said if "credentials.I001" not in line] == []


@promise("P-004")
def test_production_settings_ask_for_tls_and_secure_cookies(production: dict[str, str]) -> None:
    names = (
        "SECURE_SSL_REDIRECT SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE LANGUAGE_COOKIE_SECURE "
        "SESSION_COOKIE_HTTPONLY"
    )
    script = (
        "from django.conf import settings as s\n"
        f"print(all(getattr(s, n) is True for n in {names.split()!r}))\n"
        "print(s.SECURE_HSTS_SECONDS >= 31_536_000, s.SESSION_COOKIE_SAMESITE)\n"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)\n"
    )

    said = run(production, "shell", "--no-imports", "-c", script).stdout.split()

    cookies = ["__Host-clairevoie_session", "__Host-clairevoie_csrf"]
    assert said == ["True", "True", "Lax", *cookies]


ASKED = """
from django.test import RequestFactory
from clairevoie.accounts.terminals import terminal_of
sent = {"HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_FOR": "203.0.113.9, 198.51.100.7"}
request = RequestFactory().get("/", **sent)
print(request.is_secure(), terminal_of(request).ip)
"""


@pytest.mark.parametrize(
    ("proxies", "secure", "address"),
    [("0", "False", "127.0.0.1"), ("1", "True", "198.51.100.7"), ("2", "True", "203.0.113.9")],
)
def test_what_a_proxy_says_is_believed_as_far_as_the_setting_goes(
    production: dict[str, str], proxies: str, secure: str, address: str
) -> None:
    environment = {**production, "CLAIREVOIE_PROXIES": proxies}

    said = run(environment, "shell", "--no-imports", "-c", ASKED).stdout.split()

    assert said == [secure, address]
