"""Peak memory of one piece of work, in a process that did nothing else: ``sweep N`` rows due,
``export N`` rows of one person. Prints one JSON document.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import django

django.setup()

from clairevoie import privacy  # noqa: E402  # models need the setup above
from clairevoie.config.seed import sow  # noqa: E402
from clairevoie.lib import calendar  # noqa: E402
from clairevoie.privacy import retention  # noqa: E402
from clairevoie.privacy.models import DataSubject  # noqa: E402
from clairevoie.privacy.tables import execute  # noqa: E402

ON = date(2026, 11, 22)
ROWS = 50


def peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def sweep(rows: int) -> None:
    retention.carry_out(retention.plan(ON))
    assert not DataSubject.objects.filter(erased_on=None).exists(), rows


def export(rows: int) -> None:
    person = DataSubject.objects.get()
    with tempfile.TemporaryDirectory() as folder, (Path(folder) / "pack.zip").open("wb") as out:
        privacy.export(person, to=out, at=calendar.paris_midnight(ON))
        assert out.tell() > rows


def one_person_with(rows: int) -> None:
    """A person whose disclosures alone make ``rows`` rows."""
    person = privacy.register_subject(on=ON)
    number = (
        f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {rows}) "
        f"SELECT {person.pk}, 'host', 'account', 'email', '{ON}' FROM n"
    )
    execute(
        "INSERT INTO privacy_disclosure (subject_id, recipient, activity, fields, disclosed_on) "
        + number
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["sweep", "export"])
    parser.add_argument("rows", type=int)
    options = parser.parse_args()
    if options.what == "sweep":
        people = options.rows // ROWS
        sow(subjects=people, rows_per_subject=ROWS, on=ON, due=people)
    else:
        one_person_with(options.rows)
    before, begin = peak_mib(), time.perf_counter()
    (sweep if options.what == "sweep" else export)(options.rows)
    found = {
        "what": options.what,
        "rows": options.rows,
        "seconds": time.perf_counter() - begin,
        "peak_mib": peak_mib(),
        "grown_mib": peak_mib() - before,
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
