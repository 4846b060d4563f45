"""Where this instance lives: read before Django is, by the settings and by ``script/server``."""

from __future__ import annotations

import os
from pathlib import Path

SOURCE = Path(__file__).resolve().parent.parent
REPOSITORY = SOURCE.parent.parent
HOME = Path(os.environ.get("CLAIREVOIE_HOME") or REPOSITORY / "var").resolve()
# Folders of parcours, which the demonstration publishes (docs/reference/content-format.md).
CONTENT = Path(os.environ.get("CLAIREVOIE_CONTENT") or REPOSITORY / "content").resolve()
