"""Walking every page of the site in a real browser, and saying what no choice allowed.

What counts as a fault: a cookie, a storage key or a host that ``policy/trackers.toml`` does not
give to this choice, a page that breaks, anything that the browser itself refused.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page, Request, Response

from clairevoie import policy
from clairevoie.consent import trackers
from clairevoie.learning.playing import LOOPBACK
from clairevoie.lib import calendar
from clairevoie.policy import Tracker
from tests.accounts.conftest import with_proof
from tests.architecture.addresses import addresses
from tests.cast import Person

STAFF_ONLY = ("/gestion/", "/formation/")
SLACK = 86_400  # seconds: a day more, for a month of 31

STORED = """() => [
    ...Object.keys(localStorage).map(key => `local-storage ${key}`),
    ...Object.keys(sessionStorage).map(key => `session-storage ${key}`),
]"""
# A package plays in a frame of its own host, which holds nothing it could keep anything in.
KEPT_ASIDE = f"""() => {{ try {{ return ({STORED})(); }} catch {{ return []; }} }}"""

# What a person can do on a page: where links lead, what forms ask. Not the banner, which is the
# choice itself, nor what a tracker's published loss speaks of.
FEATURES = """() => {
    const aside = (element) => element.closest("[data-banner], [data-tracker]");
    const path = (address) => new URL(address, location.href).pathname;
    const links = [...document.querySelectorAll("a[href]")].filter((a) => !aside(a))
        .map((a) => `link ${a.protocol.startsWith("http") ? path(a.href) : a.protocol}`);
    const forms = [...document.forms].filter((form) => !aside(form)).map((form) =>
        `form ${form.method} ${path(form.action)} ` +
        [...form.elements].map((e) => e.name).filter(Boolean).sort().join(" "));
    return [...new Set([...links, ...forms])].sort();
}"""


@dataclass(frozen=True, slots=True)
class Seen:
    """One page as this choice shows it."""

    status: int
    features: tuple[str, ...]


@dataclass
class Crawl:
    """One browser, one choice: what it saw, and every fault."""

    context: BrowserContext
    allowed: tuple[Tracker, ...]
    host: str
    seen: dict[str, Seen] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    at: str = ""

    def walk(self, paths: Iterable[str]) -> None:
        page = self.context.new_page()
        page.on("request", self._asked)
        page.on("console", self._said)
        for path in paths:
            self.at = path
            self._look(page, path)
        self._weigh_the_rest(page)
        page.close()

    def _look(self, page: Page, path: str) -> None:
        response = _opened(page, path)
        if response is None:
            return
        if response.status >= 500:
            self._fault(f"answers {response.status}")
        if "text/html" in response.headers.get("content-type", ""):
            features, stored = page.evaluate(f"() => [({FEATURES})(), ({STORED})()]")
            self.seen[path] = Seen(response.status, tuple(features))
            aside = [key for frame in page.frames[1:] for key in frame.evaluate(KEPT_ASIDE)]
            for what in (*stored, *aside):
                self._hold_against_register(what)
        for cookie in self.context.cookies():
            self._weigh(cookie["name"], cookie["expires"])

    def _weigh_the_rest(self, page: Page) -> None:
        """IndexedDB, caches, service workers: the browser says what the site holds of each."""
        question = {"origin": f"http://{self.host}"}
        told = self.context.new_cdp_session(page).send("Storage.getUsageAndQuota", question)
        for kept in told["usageBreakdown"]:
            if kept["usage"]:
                self._fault(f"keeps {kept['usage']:.0f} bytes of {kept['storageType']}")

    @property
    def _packages(self) -> str:
        """Our other host, where what others wrote is played."""
        return f"{LOOPBACK}:{urlsplit('//' + self.host).port}"

    # --- Faults -------------------------------------------------------------------------------

    def _fault(self, what: str) -> None:
        self.faults.append(f"{self.at}: {what}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("data", "blob") or parts.netloc in (self.host, self._packages):
            return
        origin = f"{parts.scheme}://{parts.netloc}"
        if not any(_covers(host.origin, origin) for host in trackers.hosts_of(self.allowed)):
            self._fault(f"asks {parts.netloc}")

    def _said(self, message: ConsoleMessage) -> None:
        refused = "Content Security Policy" in message.text or "Refused to" in message.text
        tried = urlsplit(message.location["url"]).netloc
        if refused and tried != self._packages:  # which is what refusing is for
            self._fault(f"the browser refused something: {message.text[:160]}")

    def _hold_against_register(self, what: str) -> None:
        kind, _, key = what.partition(" ")
        if not any(t.kind == kind and t.is_named(key) for t in self.allowed):
            self._fault(f"keeps {what}")

    def _weigh(self, name: str, expires: float) -> None:
        tracker = trackers.cookie_named(name)
        if tracker is None:
            self._fault(f"writes the undeclared cookie {name}")
        elif tracker not in self.allowed and not (tracker.exempt_for_session and expires == -1):
            self._fault(f"writes {name}, which this choice refuses")
        elif expires != -1 and (
            tracker.longest is None
            or expires - time.time() > tracker.longest.longest_days * 86_400 + SLACK
        ):
            self._fault(f"writes {name} for longer than declared")


def _covers(declared: str, origin: str) -> bool:
    """``https://*.example`` covers each of its subdomains, as in a Content-Security-Policy."""
    scheme, _, host = declared.partition("://")
    if host.startswith("*."):
        return origin.startswith(f"{scheme}://") and origin.endswith(host[1:])
    return declared == origin


# What a stranger read already is not read again by a member, but for the pages that greet her
# otherwise.
GREETS = ("/", "/cookies/", "/newsletter/", "/confidentialite/", "/catalogue/")
_known: dict[bool, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody before a browser, and the pages that are theirs to read."""

    client: Client
    paths: tuple[str, ...]
    lost: tuple[str, ...] = ()  # what links say that lead to nothing of theirs


def everybody(visitor: Client, member: Client, links: Mapping[str, str]) -> tuple[Reader, Reader]:
    """A visitor and a member, before every page; those behind a key by their true ``links``."""
    locked = {address.sample for address in addresses() if address.route in links}
    public = pages(visitor)
    opened = tuple(path for path in links.values() if visitor.get(path).status_code == 200)
    strangers = {*public, *opened} - set(GREETS)
    own = (*pages(member), *links.values())
    return (
        Reader(
            visitor,
            (*(path for path in public if path not in locked), *opened),
            tuple(path for path in public if path in locked),
        ),
        Reader(member, tuple(path for path in own if path not in strangers)),
    )


def signed_in(person: Person) -> Client:
    """With a password given just now, as pages about security ask."""
    client = Client()
    client.force_login(person.member)
    return with_proof(client, person, seconds_ago=0)


def pages(client: Client) -> tuple[str, ...]:
    """Every address, the staff's apart, that shows ``client`` a page of its own.

    Found by walking the resolver: a page that somebody adds is walked without a word here. Those
    that answer forms alone have nothing to show; those that lead elsewhere lead to a page of
    this list, and the middleware already refuses whatever else they would write.
    """
    held = settings.SESSION_COOKIE_NAME in client.cookies
    known = held and SESSION_KEY in client.session  # a visitor may hold cookies too
    if known not in _known:
        _known[known] = tuple(_pages(client))
    return _known[known]


def _pages(client: Client) -> Iterator[str]:
    lost = False
    for address in addresses():
        if address.sample.startswith(STAFF_ONLY):
            continue
        answer = client.get(address.sample)
        if "text/html" not in answer.headers.get("content-type", "") or not answer.content:
            continue
        if answer.status_code == HTTPStatus.NOT_FOUND and b"page--failure" in answer.content:
            if lost:  # one page says so for every address that is lost
                continue
            lost = True
        yield address.sample


def _opened(page: Page, path: str) -> Response | None:
    """The page, or None for a file that a choice gives to download, such as its receipt."""
    try:
        return page.goto(path)
    except Error as error:
        if "Download is starting" in error.message:
            return None
        raise


def allowed_by(accepted: Iterable[str]) -> tuple[Tracker, ...]:
    """What a choice allows: what needs no consent, and the codes accepted."""
    register, wanted = trackers.register(calendar.today()), set(accepted)
    current = policy.current().trackers
    return tuple(current[t.code] for t in register.served if not t.optional or t.code in wanted)
