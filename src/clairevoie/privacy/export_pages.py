"""The readable part of a pack: pages that need nothing but themselves, in one pass.

Chapters become tables, or sheets when they have many columns; a chapter of many rows has pages
of its own. Cells are joined by hand, because a template a cell would cost a hundred times more.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import Field
from django.template.loader import render_to_string
from django.utils.dates import MONTHS
from django.utils.html import escape
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.policy import Basis
from clairevoie.privacy.declarations import Provenance
from clairevoie.privacy.export_cover import AUTHORITY, Chapter, Cover, automated_decisions, rights

READ_ME = "lisez-moi.html"
INLINE_ROWS = 200
ROWS_A_PAGE = 2_000
_TABLE_COLUMNS = 6
Write = Callable[[str, str], None]


class Pages:
    """Writes ``lisez-moi.html`` and the pages of long chapters, row by row."""

    def __init__(self, cover: Cover, *, write: Write) -> None:
        self._cover, self._write = cover, write
        self._say = _Speech()
        self._page = READ_ME

    def begin(self) -> None:
        self._write(READ_ME, render_to_string("privacy/export/debut.html", self._context()))

    def end(self) -> None:
        self._write(READ_ME, render_to_string("privacy/export/fin.html", self._context()))

    def begin_chapter(self, chapter: Chapter) -> None:
        self._chapter, self._count = chapter, 0
        self._paged = chapter.rows > INLINE_ROWS
        self._as_table = len(chapter.columns) <= _TABLE_COLUMNS
        self._labels = [str(escape(_capital(column.title))) for column in chapter.columns]
        self._choices = [_choices(chapter, column.name) for column in chapter.columns]
        self._files = {
            position
            for position, column in enumerate(chapter.columns)
            if column.name in chapter.declaration.files
        }
        self._write(READ_ME, self._heading())
        self._page = READ_ME
        if self._paged:
            self._write(READ_ME, self._list_of_pages())
        else:
            self._open()

    def row(self, row: Sequence[Any]) -> None:
        if self._paged and self._count % ROWS_A_PAGE == 0:
            self._turn_page()
        self._count += 1
        cells = [self._cell(position, value) for position, value in enumerate(row)]
        if self._as_table:
            self._write(self._page, f"<tr><td>{'</td><td>'.join(cells)}</td></tr>\n")
            return
        pairs = "".join(
            f"<div><dt>{label}</dt><dd>{cell}</dd></div>"
            for label, cell in zip(self._labels, cells, strict=True)
        )
        self._write(self._page, f'<dl class="fiche">{pairs}</dl>\n')

    def end_chapter(self) -> None:
        if not self._paged:
            self._close()
        elif self._count:
            self._close_page()
        self._write(READ_ME, "</section>\n")

    def _turn_page(self) -> None:
        if self._count:
            self._close_page()
        number = self._count // ROWS_A_PAGE + 1
        self._page = f"pages/{self._chapter.code}-{number}.html"
        context = {**self._context(), "title": self._chapter.declaration.heading, "number": number}
        self._write(self._page, render_to_string("privacy/export/page.html", context))
        self._open()

    def _close_page(self) -> None:
        self._close()
        self._write(self._page, "</main></body></html>\n")

    def _open(self) -> None:
        if self._as_table:
            heads = "".join(
                f'<th scope="col">{label} {self._origin(column.provenance, column.source)}</th>'
                for label, column in zip(self._labels, self._chapter.columns, strict=True)
            )
            title = escape(self._chapter.declaration.heading)
            self._write(
                self._page,
                f'<div class="defile" tabindex="0" role="region" aria-label="{title}">'
                f"<table><thead><tr>{heads}</tr></thead><tbody>\n",
            )

    def _close(self) -> None:
        if self._as_table:
            self._write(self._page, "</tbody></table></div>\n")
        else:
            origins = ", ".join(
                f"{label} : {self._origin(column.provenance, column.source)}"
                for label, column in zip(self._labels, self._chapter.columns, strict=True)
            )
            self._write(self._page, f'<p class="origines">{_("Provenance")} – {origins}</p>\n')

    def _heading(self) -> str:
        chapter = self._chapter
        activity, rule = chapter.category.activity, chapter.category.rule
        facts = [
            (_("Pourquoi"), "\u202f; ".join(activity.purposes)),
            (_("Base légale"), f"{_basis(activity.basis)} – {activity.basis_detail}"),
            (_("Jusqu’à quand"), chapter.until()),
            (_("Règle de conservation"), f"{rule.title}. {rule.because}"),
        ]
        given = sorted({served.name for served in chapter.served})
        if given:
            facts.append((_("Remis à"), ", ".join(given)))
        processors = [recipient.name for recipient in chapter.processors()]
        if processors:
            facts.append((_("Sous-traitants"), ", ".join(processors)))
        said = "".join(
            f"<div><dt>{escape(name)}</dt><dd>{escape(text)}</dd></div>" for name, text in facts
        )
        return (
            f'<section id="{chapter.code}"><h2>{escape(chapter.declaration.heading)} '
            f"<small>{self._say.rows(chapter.rows)}</small></h2>"
            f'<dl class="faits">{said}</dl>\n'
        )

    def _list_of_pages(self) -> str:
        count = -(-self._chapter.rows // ROWS_A_PAGE)
        links = "".join(
            f'<li><a href="pages/{self._chapter.code}-{number}.html">'
            f"{escape(_('page %(number)d') % {'number': number})}</a></li>"
            for number in range(1, count + 1)
        )
        return f'<ul class="pages">{links}</ul>\n'

    def _cell(self, position: int, value: Any) -> str:
        if value in (None, ""):
            return '<span class="vide">–</span>'
        if position in self._files:
            up = "" if self._page == READ_ME else "../"
            return f'<a href="{up}fichiers/{escape(value)}">{escape(_("ouvrir le fichier"))}</a>'
        if self._choices[position]:
            value = self._choices[position].get(value, value)
        return self._say.value(value)

    def _origin(self, provenance: Provenance, source: str) -> str:
        said = self._say.origins[provenance] + escape(f" ({source})" if source else "")
        return f"<small>{said}</small>"

    def _context(self) -> dict[str, Any]:
        current = policy.current()
        return {
            "cover": self._cover,
            "language": get_language() or "fr",
            "made_at": self._say.instant(self._cover.at),
            "chapters": [
                (c.code, c.declaration.heading, c.rows, c.category.activity.title, c.until())
                for c in self._cover.chapters
            ],
            "recipients": list(self._cover.by_recipient()),
            "organisation": current.organisation,
            "version": self._cover.version,
            "rights": rights(),
            "authority": AUTHORITY,
            "automated_decisions": automated_decisions(),
        }


class _Speech:
    """Values as a person reads them. Made once a pack: translations are looked up once."""

    def __init__(self) -> None:
        self._months = [str(MONTHS[number]) for number in range(1, 13)]
        self._first = "1er" if (get_language() or "fr").startswith("fr") else "1"
        self._yes, self._no = str(_("oui")), str(_("non"))
        self.origins = {
            Provenance.PROVIDED: str(escape(_("fourni par vous"))),
            Provenance.OBSERVED: str(escape(_("constaté"))),
            Provenance.DERIVED: str(escape(_("calculé ou écrit par l’organisme"))),
            Provenance.THIRD_PARTY: str(escape(_("reçu d’un tiers"))),
        }

    def value(self, value: Any) -> str:
        match value:
            case bool():
                return self._yes if value else self._no
            case datetime():
                return self.instant(value)
            case date():
                return self.day(value)
        return str(escape(str(value)))

    def day(self, day: date) -> str:
        number = self._first if day.day == 1 else str(day.day)
        return f"{number} {self._months[day.month - 1]} {day.year}"

    def instant(self, instant: datetime) -> str:
        there = instant.astimezone(calendar.PARIS)
        return f"{self.day(there.date())}, {there:%H:%M}"

    def rows(self, count: int) -> str:
        said = ngettext("%(count)s ligne", "%(count)s lignes", count)
        return str(escape(said % {"count": f"{count:,}".replace(",", "\u202f")}))


def _choices(chapter: Chapter, name: str) -> dict[Any, Any]:
    field = chapter.declaration.model._meta.get_field(name)
    return dict(field.flatchoices) if isinstance(field, Field) and field.choices else {}


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _basis(basis: Basis) -> str:
    return {
        Basis.CONSENT: _("votre consentement"),
        Basis.CONTRACT: _("un contrat avec vous"),
        Basis.LEGAL_OBLIGATION: _("une obligation légale"),
        Basis.VITAL_INTEREST: _("la sauvegarde d’intérêts vitaux"),
        Basis.LEGITIMATE_INTEREST: _("un intérêt légitime"),
    }[basis]
