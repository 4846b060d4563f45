"""The readable part of a pack: pages that need nothing but themselves, in one pass.

Chapters become tables, or sheets when they have many columns; a chapter of many rows has pages
of its own. Cells are joined by hand, because a template a cell would cost a hundred times more,
and what is the same for everybody is composed once a process.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from html import escape
from typing import Any

from django.db.models import Field
from django.template.loader import render_to_string
from django.utils.dates import MONTHS
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from clairevoie import policy
from clairevoie.lib import calendar
from clairevoie.policy import Basis
from clairevoie.privacy.declarations import Provenance
from clairevoie.privacy.export_cover import (
    AUTHORITY,
    Chapter,
    Cover,
    Served,
    automated_decisions,
    nobodys,
    rights,
)
from clairevoie.privacy.gathering import Category

READ_ME = "lisez-moi.html"
INLINE_ROWS = 200
ROWS_A_PAGE = 2_000
_TABLE_COLUMNS = 6
_EMPTY = '<span class="vide">–</span>'
Write = Callable[[str, str], None]


class Pages:
    """Writes ``lisez-moi.html`` and the pages of long chapters, row by row."""

    def __init__(self, cover: Cover, *, write: Write) -> None:
        self._cover, self._write = cover, write
        self._language = get_language() or "fr"
        self._say = speech(self._language)
        self._made_at = self._say.instant(cover.at)
        self._page = READ_ME

    def begin(self) -> None:
        empty = ", ".join(self._cover.empty)
        title = _("Rien n’est détenu sous ces autres rubriques :")
        self._fill(
            "debut",
            summary="".join(self._summary(chapter) for chapter in self._cover.chapters),
            empty=f"<p>{escape(title)} {escape(empty)}.</p>" if empty else "",
            added="".join(f"<p>{escape(str(one.says))}</p>" for one in self._cover.contributions),
        )

    def end(self) -> None:
        acts = (act for _code, acts in self._cover.by_recipient() for act in acts)
        received = "".join(self._received(act) for act in acts)
        self._fill("fin", received=received or _nobody())

    def _fill(self, part: str, **values: str) -> None:
        """One part of the page: rendered once a language, filled once a person."""
        text = _rendered(part, self._language, policy.current().digest, self._cover.version.number)
        values |= {"made_at": self._made_at, "subject": str(self._cover.subject.uuid)}
        for name, value in values.items():
            text = text.replace(_blank(name), value)
        self._write(READ_ME, text)

    def _received(self, act: Served) -> str:
        recipient = act.recipient
        where = ", ".join(recipient.countries_stored) if recipient else ""
        safeguard = f" – {recipient.safeguard}" if recipient and recipient.safeguard else ""
        return (
            f'<tr><th scope="row">{escape(act.name)}</th><td>{escape(act.fields)}</td>'
            f"<td>{escape(where + safeguard)}</td><td>{self._say.day(act.last_on)}</td></tr>\n"
        )

    def begin_chapter(self, chapter: Chapter) -> None:
        self._chapter, self._count = chapter, 0
        self._paged = chapter.rows > INLINE_ROWS
        self._frame = frame(chapter.declaration.label, self._language, policy.current().digest)
        self._page = READ_ME
        self._write(READ_ME, self._heading())
        self._write(READ_ME, self._list_of_pages() if self._paged else self._frame.opening)

    def row(self, row: Sequence[Any]) -> None:
        if self._paged and self._count % ROWS_A_PAGE == 0:
            self._turn_page()
        self._count += 1
        cells = [self._cell(position, value) for position, value in enumerate(row)]
        self._write(self._page, self._frame.row(cells))

    def end_chapter(self) -> None:
        if not self._paged:
            self._write(READ_ME, self._frame.closing)
        elif self._count:
            self._close_page()
        self._write(READ_ME, "</section>\n")

    def _turn_page(self) -> None:
        if self._count:
            self._close_page()
        number = self._count // ROWS_A_PAGE + 1
        self._page = f"pages/{self._chapter.code}-{number}.html"
        context = {
            "language": self._language,
            "organisation": policy.current().organisation,
            "title": self._frame.title,
            "number": number,
        }
        self._write(self._page, render_to_string("privacy/export/page.html", context))
        self._write(self._page, self._frame.opening)

    def _close_page(self) -> None:
        self._write(self._page, f"{self._frame.closing}</main></body></html>\n")

    def _heading(self) -> str:
        chapter, told = self._chapter, self._frame.facts
        told += _fact(_("Jusqu’à quand"), chapter.until)
        given = sorted({served.name for served in chapter.served})
        if given:
            told += _fact(_("Remis à"), ", ".join(given))
        return (
            f'<section id="{chapter.code}"><h2>{escape(self._frame.title)} '
            f'<small>{self._say.rows(chapter.rows)}</small></h2><dl class="faits">{told}</dl>\n'
        )

    def _summary(self, chapter: Chapter) -> str:
        return (
            f'<tr><th scope="row"><a href="#{chapter.code}">'
            f"{escape(chapter.declaration.heading)}</a></th>"
            f'<td class="nombre">{self._say.number(chapter.rows)}</td>'
            f"<td>{escape(_(chapter.category.activity.title))}</td>"
            f"<td>{escape(chapter.until)}</td></tr>\n"
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
        if value is None or value == "":
            return _EMPTY
        if position in self._frame.files:
            up = "" if self._page == READ_ME else "../"
            return f'<a href="{up}fichiers/{escape(value)}">{escape(_("ouvrir le fichier"))}</a>'
        choices = self._frame.choices[position]
        return self._say.value(choices.get(value, value) if choices else value)


BLANKS = ("summary", "empty", "added", "received", "made_at", "subject")


def _blank(name: str) -> str:
    return f"\0{name}\0"


@cache
def _rendered(part: str, language: str, _policy: str, number: int) -> str:
    """A part of the page with blanks where a person's values go."""
    context = {
        **{name: mark_safe(_blank(name)) for name in BLANKS},  # noqa: S308  # filled with escapes
        "language": language,
        "organisation": policy.current().organisation,
        "version": next(v for v in policy.current().versions if v.number == number),
        "authority": AUTHORITY,
        "rights": rights(),
        "automated_decisions": automated_decisions(),
    }
    return render_to_string(f"privacy/export/{part}.html", context)


def _nobody() -> str:
    said = _(
        "À personne d’autre que les sous-traitants nommés plus haut, qui n’agissent que sur "
        "instruction."
    )
    return f'<tr><td colspan="4">{escape(said)}</td></tr>'


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the rows of one category, the same for everybody."""

    title: str
    facts: str
    opening: str
    closing: str
    labels: tuple[str, ...]
    choices: tuple[dict[Any, Any], ...]
    files: frozenset[int]
    as_table: bool

    def row(self, cells: Sequence[str]) -> str:
        """One row of the table, or one sheet."""
        if self.as_table:
            return f"<tr><td>{'</td><td>'.join(cells)}</td></tr>\n"
        pairs = "".join(
            f"<div><dt>{label}</dt><dd>{cell}</dd></div>"
            for label, cell in zip(self.labels, cells, strict=True)
        )
        return f'<dl class="fiche">{pairs}</dl>\n'


@cache
def frame(label: str, language: str, _policy: str) -> Frame:
    """The frame of a table's rows, composed once a language and a policy."""
    category, say = nobodys(label), speech(language)
    title, columns = category.declaration.heading, category.columns
    labels = tuple(escape(f"{c.title[:1].upper()}{c.title[1:]}") for c in columns)
    origins = [say.origin(column.provenance, column.source) for column in columns]
    as_table = len(columns) <= _TABLE_COLUMNS
    return Frame(
        title=title,
        facts=_facts(category),
        opening=_table_head(title, labels, origins) if as_table else "",
        closing="</tbody></table></div>\n" if as_table else _origins(labels, origins),
        labels=labels,
        choices=tuple(_choices(category, column.name) for column in columns),
        files=frozenset(
            at for at, c in enumerate(columns) if c.name in category.declaration.files
        ),
        as_table=as_table,
    )


def _table_head(title: str, labels: Sequence[str], origins: Sequence[str]) -> str:
    heads = "".join(
        f'<th scope="col">{label} {origin}</th>'
        for label, origin in zip(labels, origins, strict=True)
    )
    return (
        f'<div class="defile" tabindex="0" role="region" aria-label="{escape(title)}">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>\n"
    )


def _origins(labels: Sequence[str], origins: Sequence[str]) -> str:
    said = ", ".join(f"{label} : {how}" for label, how in zip(labels, origins, strict=True))
    return f'<p class="origines">{escape(_("Provenance"))} – {said}</p>\n'


def _facts(category: Category) -> str:
    activity, rule = category.activity, category.rule
    known = policy.current().recipients
    processors = [known[code].name for code in activity.recipients if known[code].active]
    said = _fact(_("Pourquoi"), "", "\u202f; ".join(activity.purposes))
    said += _fact(_("Base légale"), f"{_basis(activity.basis)} – ", activity.basis_detail)
    said += _fact(_("Règle de conservation"), f"{_(rule.title)}. ", rule.because)
    return said + (_fact(_("Sous-traitants"), ", ".join(processors)) if processors else "")


def _fact(name: str, text: str, as_printed: str = "") -> str:
    """``as_printed`` is of the policy, which is written in French."""
    said = escape(text)
    if as_printed and (get_language() or "fr").startswith("fr"):
        said += escape(as_printed)
    elif as_printed:
        said += f'<span lang="fr">{escape(as_printed)}</span>'
    return f"<div><dt>{escape(name)}</dt><dd>{said}</dd></div>"


def _choices(category: Category, name: str) -> dict[Any, Any]:
    field = category.declaration.model._meta.get_field(name)
    if isinstance(field, Field) and field.choices:
        return {code: str(title) for code, title in field.flatchoices}
    return {}


def _basis(basis: Basis) -> str:
    return {
        Basis.CONSENT: _("votre consentement"),
        Basis.CONTRACT: _("un contrat avec vous"),
        Basis.LEGAL_OBLIGATION: _("une obligation légale"),
        Basis.VITAL_INTEREST: _("la sauvegarde d’intérêts vitaux"),
        Basis.LEGITIMATE_INTEREST: _("un intérêt légitime"),
    }[basis]


class Speech:
    """Values as a person reads them; translations are looked up once a language."""

    def __init__(self, language: str) -> None:
        french = language.startswith("fr")
        self._months = [str(MONTHS[number]) for number in range(1, 13)]
        self._first = "1er" if french else "1"
        self._thousands = "\u202f" if french else ","
        self._yes, self._no = _("oui"), _("non")
        self._origins = {
            Provenance.PROVIDED: _("fourni par vous"),
            Provenance.OBSERVED: _("constaté"),
            Provenance.DERIVED: _("calculé ou écrit par l’organisme"),
            Provenance.THIRD_PARTY: _("reçu d’un tiers"),
        }

    def value(self, value: Any) -> str:
        """One cell, escaped."""
        if isinstance(value, str):
            return escape(value)
        if isinstance(value, bool):
            return self._yes if value else self._no
        if isinstance(value, datetime):
            return self.instant(value)
        return self.day(value) if isinstance(value, date) else escape(str(value))

    def day(self, day: date) -> str:
        number = self._first if day.day == 1 else str(day.day)
        return f"{number} {self._months[day.month - 1]} {day.year}"

    def instant(self, instant: datetime) -> str:
        there = instant.astimezone(calendar.PARIS)
        return f"{self.day(there.date())}, {there.hour:02d}:{there.minute:02d}"

    def number(self, number: int) -> str:
        return f"{number:,}".replace(",", self._thousands)

    def rows(self, count: int) -> str:
        said = ngettext("%(count)s ligne", "%(count)s lignes", count)
        return escape(said % {"count": self.number(count)})

    def origin(self, provenance: Provenance, source: str) -> str:
        said = self._origins[provenance] + (f" ({source})" if source else "")
        return f"<small>{escape(said)}</small>"


@cache
def speech(language: str) -> Speech:
    """How values are said in the language that is active."""
    return Speech(language)
