"""Packages as other tools make them: a manifest, and a page that looks around and reports."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType

_MANIFEST_12 = """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" version="1" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
          xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
  <metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
  <organizations default="o">
    <organization identifier="o">
      <title>Les gestes
        du tri</title>
      <item identifier="tri" identifierref="r"><title>Trier</title></item>
    </organization>
  </organizations>
  <resources>
    <resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="pages/trier.html">
      <file href="pages/trier.html"/>
    </resource>
  </resources>
</manifest>
"""

_MANIFEST_2004 = """\
<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="m" xmlns="http://www.imsglobal.org/xsd/imscp_v1p1"
          xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_v1p3">
  <metadata><schema>ADL SCORM</schema><schemaversion>2004 4th Edition</schemaversion></metadata>
  <organizations default="o">
    <organization identifier="o">
      <title>Deux pas</title>
      <item identifier="dossier"><title>Ensemble</title>
        <item identifier="un" identifierref="r" parameters="?pas=1">
          <title>Le premier</title></item>
        <item identifier="deux" identifierref="r" parameters="pas=2">
          <title>Le second</title></item>
      </item>
    </organization>
  </organizations>
  <resources xml:base="pages/">
    <resource identifier="r" type="webcontent" adlcp:scormType="sco" href="trier.html"/>
  </resources>
</manifest>
"""

# It tries what a cage must refuse, writes what it saw, and reports when its button is pressed.
_PAGE = """\
<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Trier</title>
<link rel="stylesheet" href="trier.css"></head><body>
<h1>Où va la bouteille&nbsp;?</h1>
<button id="juste">Dans le verre</button>
<p id="vu"></p>
<script>
  const said = [];
  const tries = {
    cookies: () => document.cookie,
    top: () => window.top.document.title,
    storage: () => localStorage.length,
  };
  for (const [name, run] of Object.entries(tries)) {
    try { said.push(`${name}: ${run()}`); } catch (error) { said.push(`${name}: ${error.name}`); }
  }
  let here = window;
  while (!here.API && !here.API_1484_11 && here.parent !== here) here = here.parent;
  const old = here.API, recent = here.API_1484_11;
  const get = (name) => old ? old.LMSGetValue(name) : recent.GetValue(name);
  const set = (name, value) => old ? old.LMSSetValue(name, value) : recent.SetValue(name, value);
  old ? old.LMSInitialize("") : recent.Initialize("");
  said.push(`before: ${get("cmi.suspend_data")}`);
  said.push(`name: ${get(old ? "cmi.core.student_name" : "cmi.learner_name")}`);
  fetch("/mon-compte/").then(() => said.push("fetched"), () => said.push("fetch: refused"))
    .finally(() => { document.querySelector("#vu").textContent = said.join(" | "); });
  document.querySelector("#juste").addEventListener("click", () => {
    set("cmi.suspend_data", "page 2");
    if (old) {
      here.launcher ? here.launcher.score("17") : set("cmi.core.score.raw", "17");
      set("cmi.core.score.max", "20");
      set("cmi.core.lesson_status", "passed");
      set("cmi.core.exit", "suspend");
      old.LMSCommit("");
    } else {
      set("cmi.score.scaled", "0.4");
      set("cmi.success_status", "failed");
      set("cmi.completion_status", "completed");
      recent.Commit("");
    }
  });
</script>
</body></html>
"""

# As many tools export: a page that launches, and keeps the score for the one it frames.
_LAUNCHER = """\
<!DOCTYPE html>
<html><head><meta charset="utf-8"><title>Lancer</title></head><body>
<script>
  window.launcher = { score: (raw) => window.API.LMSSetValue("cmi.core.score.raw", raw) };
</script>
<iframe title="Contenu" src="trier.html" width="300" height="300"></iframe>
</body></html>
"""


def package(
    *, manifest: str = "", standard: str = "1.2", more: Mapping[str, bytes] = MappingProxyType({})
) -> bytes:
    """A small package, with ``more`` files."""
    said = manifest or (_MANIFEST_12 if standard == "1.2" else _MANIFEST_2004)
    files = {
        "imsmanifest.xml": said.encode(),
        "pages/trier.html": _PAGE.encode(),
        "pages/trier.css": b"h1 { color: rgb(1, 2, 3) }",
        **more,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()


def unzipped(archive: bytes) -> dict[str, bytes]:
    """Its files."""
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def framed() -> bytes:
    """One whose frames call each other, and look for the API up the chain of their parents."""
    launcher = {"pages/lancer.html": _LAUNCHER.encode()}
    return package(manifest=launching("pages/lancer.html"), more=launcher)


def launching(href: str) -> str:
    """A manifest that launches ``href``."""
    return _MANIFEST_12.replace('href="pages/trier.html">', f'href="{href}">')
