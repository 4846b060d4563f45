"""The middleware of trackers in microseconds: the same view with and without it, interleaved.

Run by ``python -m bench.banner``; prints one JSON document.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, repeat

import django

django.setup()

from django.conf import settings  # noqa: E402  # the settings need the setup above
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.test import RequestFactory  # noqa: E402

from clairevoie.consent import choices_cookie, trackers, wording  # noqa: E402
from clairevoie.consent.choosing import choose, wish  # noqa: E402
from clairevoie.consent.middleware import Trackers  # noqa: E402
from clairevoie.consent.models import Surface  # noqa: E402
from clairevoie.consent.views.choices import choices_of  # noqa: E402
from clairevoie.lib import calendar  # noqa: E402

ROUNDS, EACH = 60, 200
Handler = Callable[[HttpRequest], HttpResponse]


def page(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("<p>…</p>")


def page_with_the_banner(request: HttpRequest) -> HttpResponse:
    """As every page of ours: what there is to ask is looked up once."""
    choices_of(request)
    return HttpResponse("<p>…</p>")


def page_with_a_cookie(request: HttpRequest) -> HttpResponse:
    response = page_with_the_banner(request)
    response.set_cookie("clairevoie_csrf", "x" * 32)
    return response


def newcomers(session: str) -> Iterator[str]:
    """People whose cookies this process never read: each signature is checked."""
    choice = accepted_by_somebody()
    for number in count():
        unlike = replace(choice, number=f"{number:032x}")
        yield f"clairevoie_choix={choices_cookie.write(unlike)}; {session}"


def accepted_by_somebody() -> choices_cookie.Choice:
    known = choices_cookie.read(chosen(*trackers.register(calendar.today()).fingerprints))
    assert known
    return known


def chosen(*accepted: str) -> str:
    """A cookie as somebody's browser holds it."""
    on = calendar.today()
    register = trackers.register(on)
    choice = choose(
        wish=wish(about=register.fingerprints, accepted=accepted),
        before=choices_cookie.weigh(None, register, gpc=False, on=on),
        surface=Surface.BANNER,
        shown=wording.banner(tuple(register.fingerprints), again=False),
        at=calendar.now(),
    )
    return choices_cookie.write(choice)


def seconds(handler: Handler, headers: Iterator[str]) -> float:
    """A request each: parsing its cookies is part of what the view itself would do."""
    factory = RequestFactory()
    requests = [factory.get("/", headers={"cookie": next(headers)}) for _ in range(EACH)]
    for request in requests:
        request.COOKIES  # noqa: B018  # the session's middleware reads them anyway
    begin = time.thread_time()  # the machine is shared: the wall would count others' work
    for request in requests:
        handler(request)
    return (time.thread_time() - begin) / EACH


def added(view: Handler, headers: Iterator[str]) -> float:
    """Median microseconds that the door adds to ``view``."""
    guarded = Trackers(view)
    differences = []
    for _ in range(ROUNDS):
        bare = seconds(view, headers)
        differences.append(seconds(guarded, headers) - bare)
    return round(statistics.median(differences) * 1e6, 1)


def whole(view: Handler, headers: Iterator[str]) -> float:
    """Median microseconds of the door and of reading the choice, against an empty view."""
    guarded = Trackers(view)
    differences = []
    for _ in range(ROUNDS):
        bare = seconds(page, headers)
        differences.append(seconds(guarded, headers) - bare)
    return round(statistics.median(differences) * 1e6, 1)


def main() -> None:
    settings.ALLOWED_HOSTS = ["testserver"]
    session = f"clairevoie_session={'s' * 32}; clairevoie_csrf={'c' * 32}"
    accepted = f"clairevoie_choix={chosen(*trackers.register(calendar.today()).fingerprints)}"
    refused = f"clairevoie_choix={chosen()}"
    visitors = {
        "nobody known": "",
        "refused": f"{refused}; {session}",
        "accepted, with what that allows": (
            f"{accepted}; {session}; clairevoie_apparence=sombre; clairevoie_visite={'v' * 32}"
        ),
        "with three strange cookies": f"{refused}; {session}; _gid=1; espion=2; pixel=3",
    }
    found = {
        name: whole(page_with_the_banner, repeat(header)) for name, header in visitors.items()
    }
    found["accepted, never seen by this worker"] = whole(page_with_the_banner, newcomers(session))
    setting = added(page_with_a_cookie, repeat(f"{refused}; {session}"))
    found["a page that sets a cookie"] = setting
    print(json.dumps(found))


if __name__ == "__main__":
    main()
