"""What a message says: templates rendered in the reader's language.

``templates/messages/<template>.subject.txt``, ``.txt`` and ``.html`` make an e-mail,
``.sms.txt`` a text message; without it the title goes, with the address of the site. Text is
never escaped as HTML is; both forms of an e-mail extend ``messages/base``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.template import Context, Engine
from django.utils import translation

from clairevoie import policy
from clairevoie.messaging.models import Channel


class NoCategory(LookupError):
    """Rien ne s’envoie au titre de cette activité : donnez-lui une catégorie dans le registre."""


Finder = Callable[[Collection[int]], Mapping[int, str]]
_finders: list[Finder] = []


def languages_from(finder: Finder) -> Finder:
    """Teach this app who reads which language: ``finder`` maps subjects' ids to codes."""
    _finders.append(finder)
    return finder


def languages_of(subjects: Collection[int]) -> dict[int, str]:
    """The language of each person who chose one; one query a finder."""
    found: dict[int, str] = {}
    for finder in _finders:
        found.update(finder(subjects))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message ready to leave."""

    title: str = ""
    text: str
    html: str = ""

    def linked(self, blank: str, link: str) -> Letter:
        """The same with a link where a blank stands."""
        return Letter(
            title=self.title,
            text=self.text.replace(blank, link),
            html=self.html.replace(blank, link),
        )


def compose(
    template: str,
    *,
    channel: str,
    activity: str,
    language: str | None,
    link: str,
    context: Mapping[str, object],
) -> Letter:
    """Render one message; ``link`` stops it, empty for what cannot be stopped.

    Raises ``TemplateDoesNotExist`` for a template nobody wrote.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        values = {**context, **_frame(activity), "unsubscribe_url": link}
        # One line whatever a value holds: a title that breaks would open a mail header.
        title = " ".join(_render(values, f"{template}.subject.txt").split())[:200]
        if channel == Channel.SMS:
            brief = {**values, "title": title}
            text = _render(brief, f"{template}.sms.txt", "brief.sms.txt")
            stop = translation.gettext("STOP :") + f" {link}" if link else ""
            return Letter(title=title, text=" ".join([*text.split(), *stop.split()]))
        return Letter(
            title=title,
            text=_render(values, f"{template}.txt"),
            html=_render(values, f"{template}.html"),
        )


def in_our_frame(
    template: str, *, title: str, activity: str, language: str | None, link: str, **words: str
) -> Letter:
    """A letter whose words are ready, inside what every message must say; ``link`` stops it."""
    with translation.override(language or settings.LANGUAGE_CODE):
        values = {**_frame(activity), "title": title, "unsubscribe_url": link, **words}
        return Letter(
            title=title,
            text=_render(values, f"{template}.txt"),
            html=_render(values, f"{template}.html"),
        )


def _render(values: Mapping[str, object], *names: str) -> str:
    """The first template of these names that exists."""
    page = Engine.get_default().select_template([f"messages/{name}" for name in names])
    text = page.render(Context(dict(values), autoescape=names[0].endswith(".html")))
    return text.replace("\0", "")  # no letter has it, and PostgreSQL keeps no text that does


def _frame(activity: str) -> dict[str, object]:
    """What every message must say: who writes, why, and where the policy is (P-009)."""
    current = policy.current()
    entry = current.activities[activity]
    if entry.category is None:
        raise NoCategory(activity)
    return {
        "organisation": current.organisation,
        "purpose": translation.gettext(entry.title),
        "site_url": settings.SITE_URL,
        "policy_url": f"{settings.SITE_URL}/confidentialite/",
        "account_url": f"{settings.SITE_URL}/mon-compte/",
        "language": translation.get_language(),
    }
