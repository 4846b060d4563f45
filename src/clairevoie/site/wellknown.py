"""What machines ask for at known addresses."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clairevoie import policy
from clairevoie.learning.models import catalogue
from clairevoie.lib import calendar
from clairevoie.newsletter.models import published_letters

SECURITY_TXT_DAYS = 180  # RFC 9116 § 2.5.5: less than a year ahead
PUBLIC_PAGES = (
    "site:home",
    "learning:catalogue",
    "site:notice",
    "site:legal",
    "consent:cookies",
    "newsletter:subscribe",
    "newsletter:archive",
)
_MOST_LETTERS = 1_000


def _address(path: str) -> str:
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def _plain(*lines: str) -> HttpResponse:
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def health(_request: HttpRequest) -> JsonResponse:
    """200 while the database answers, else 503; tells nothing else of the machine."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "failed", "database": "unreachable"}, status=503)
    return JsonResponse({"status": "ok", "database": "ok"})


@require_safe
def security_txt(_request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116)."""
    expires = calendar.paris_midnight(calendar.today() + timedelta(days=SECURITY_TXT_DAYS))
    return _plain(
        f"Contact: mailto:{policy.current().organisation.contact_email}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: fr, en",
        f"Canonical: {_address('/.well-known/security.txt')}",
    )


@require_safe
def gpc(_request: HttpRequest) -> JsonResponse:
    """We honour Global Privacy Control: nothing here is ever sold or shared (P-064)."""
    version = policy.current().version_in_force(calendar.today())
    return JsonResponse({"gpc": True, "lastUpdate": version.effective_on.isoformat()})


@never_cache
@require_safe
def change_password(_request: HttpRequest) -> HttpResponse:
    """Password managers ask here (W3C, A Well-Known URL for Changing Passwords)."""
    try:
        return HttpResponseRedirect(reverse("account_change_password"))
    except NoReverseMatch:
        return HttpResponseRedirect(reverse("accounts:security"))


@require_safe
def robots(_request: HttpRequest) -> HttpResponse:
    return _plain(
        "User-agent: *",
        "Disallow: /gestion/",
        "Disallow: /formation/",
        "Disallow: /mon-compte/",
        "Disallow: /fichiers/",
        f"Sitemap: {_address('/sitemap.xml')}",
    )


@require_safe
def sitemap(_request: HttpRequest) -> HttpResponse:
    """The public pages, each published parcours and the last letters."""
    slugs = catalogue().select_related(None).defer(None).values_list("slug", flat=True)
    letters = published_letters().values_list("uuid", flat=True)[:_MOST_LETTERS]
    paths = [reverse(name) for name in PUBLIC_PAGES]
    paths += [reverse("newsletter:letter", args=[number]) for number in letters]
    paths += [reverse("learning:parcours", args=[slug]) for slug in slugs]
    pages = "".join(f"<url><loc>{_address(path)}</loc></url>" for path in paths)
    return HttpResponse(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{pages}</urlset>\n',
        content_type="application/xml; charset=utf-8",
    )


@require_safe
def favicon(_request: HttpRequest) -> HttpResponse:
    """For clients that ask without reading the page."""
    return HttpResponseRedirect(static("site/img/favicon.ico"))
