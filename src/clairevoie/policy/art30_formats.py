"""The register as a file: JSON, CSV, Markdown, OpenDocument."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from clairevoie.policy.art30 import Entry, Register, Sheet

_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = {
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
}
_FORBIDDEN_IN_TITLE = re.compile(r"[\[\]*?:/\\']")
_LONGEST_TITLE = 31  # what other spreadsheet programs accept


def as_json(register: Register) -> bytes:
    """One document; every entry is a list of texts."""
    document = {
        "organisation": _values(register.cover),
        "activities": [
            {"code": sheet.code, "title": sheet.title, **_values(sheet)}
            for sheet in register.activities
        ],
    }
    return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()


def _values(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    return {entry.code: entry.values for entry in sheet.entries}


def as_csv(register: Register) -> bytes:
    """One row an activity, in UTF-8 with the mark that spreadsheet programs expect."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(["Activité", *(entry.title for entry in register.activities[0].entries)])
    for sheet in register.activities:
        rows.writerow([sheet.title, *("\n".join(entry.spaced) for entry in sheet.entries)])
    return text.getvalue().encode("utf-8-sig")


def as_markdown(register: Register) -> bytes:
    """Something to read: a heading a sheet, a list an entry."""
    sheets = (register.cover, *register.activities)
    body = "\n".join(f"## {sheet.title}\n\n{''.join(_bullets(sheet))}" for sheet in sheets)
    return f"# Registre des activités de traitement\n\n{body}".encode()


def _bullets(sheet: Sheet) -> Iterator[str]:
    for entry in sheet.entries:
        if len(entry.values) == 1:
            yield f"- **{entry.title}** : {entry.spaced[0]}\n"
        elif entry.values:
            yield f"- **{entry.title}** :\n"
            yield from (f"  - {value}\n" for value in entry.spaced)


def as_ods(register: Register) -> bytes:
    """A spreadsheet as the CNIL's model: a sheet for the organisation, then one an activity."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in (
            ("mimetype", _ODS),
            ("META-INF/manifest.xml", _manifest()),
            ("content.xml", _content(register)),
        ):
            # A fixed date: the same register is the same file. The type comes first, unpacked.
            part = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            packed = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(part, content, compress_type=packed)
    return file.getvalue()


def _manifest() -> str:
    space = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    entries = (("/", _ODS), ("content.xml", "text/xml"))
    lines = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in entries
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<manifest:manifest xmlns:manifest="{space}" manifest:version="1.3">{lines}'
        "</manifest:manifest>"
    )


def _content(register: Register) -> str:
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in _SPACES.items())
    sheets = (register.cover, *register.activities)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<office:document-content {spaces} office:version="1.3">{_STYLES}'
        f"<office:body><office:spreadsheet>{''.join(map(_table, sheets, _titles(sheets)))}"
        "</office:spreadsheet></office:body></office:document-content>"
    )


_STYLES = (
    "<office:automatic-styles>"
    '<style:style style:name="narrow" style:family="table-column">'
    '<style:table-column-properties style:column-width="6cm"/></style:style>'
    '<style:style style:name="wide" style:family="table-column">'
    '<style:table-column-properties style:column-width="16cm"/></style:style>'
    '<style:style style:name="head" style:family="table-cell">'
    '<style:table-cell-properties style:vertical-align="top"/>'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    '<style:style style:name="body" style:family="table-cell">'
    '<style:table-cell-properties fo:wrap-option="wrap" style:vertical-align="top"/>'
    "</style:style></office:automatic-styles>"
)


def _titles(sheets: tuple[Sheet, ...]) -> Iterator[str]:
    """Short, distinct names for the tabs."""
    for number, sheet in enumerate(sheets):
        title = _FORBIDDEN_IN_TITLE.sub(" ", sheet.title)
        yield (f"{number} {title}" if number else title)[:_LONGEST_TITLE].strip()


def _table(sheet: Sheet, title: str) -> str:
    rows = "".join(map(_row, (Entry("title", "Activité", (sheet.title,)), *sheet.entries)))
    return (
        f"<table:table table:name={quoteattr(title)}>"
        '<table:table-column table:style-name="narrow"/>'
        f'<table:table-column table:style-name="wide"/>{rows}</table:table>'
    )


def _row(entry: Entry) -> str:
    lines = "".join(f"<text:p>{escape(value)}</text:p>" for value in entry.spaced)
    return (
        '<table:table-row><table:table-cell table:style-name="head" office:value-type="string">'
        f"<text:p>{escape(entry.title)}</text:p></table:table-cell>"
        '<table:table-cell table:style-name="body" office:value-type="string">'
        f"{lines}</table:table-cell></table:table-row>"
    )


REGISTER_FORMATS: Mapping[str, Callable[[Register], bytes]] = {
    "json": as_json,
    "csv": as_csv,
    "ods": as_ods,
    "md": as_markdown,
}
