"""What is counted, held in memory for a few seconds, then added to the day's sums.

A page writes nothing, but for the one that finds the sums older than CLAIREVOIE_COUNT_SECONDS: it
adds them for all, in one statement. A process that is killed loses at most these seconds
of counts, and no fact.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import Error

from clairevoie.audience.models import Cell, Count, Family
from clairevoie.lib.calendar import paris_date

LONGEST = 120  # as the column
log = logging.getLogger(__name__)


def _patience() -> float:
    return float(settings.CLAIREVOIE_COUNT_SECONDS)


class Tally:
    """The sums not yet added, shared by the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Cell] = Counter()
        self._since: datetime | None = None

    def add(self, seen: Mapping[Family, str], *, at: datetime) -> None:
        """One more of each, on the day of ``at`` in Paris."""
        day = paris_date(at)
        with self._lock:
            for family, what in seen.items():
                self._counts[Cell(day, family, what[:LONGEST])] += 1
            self._since = self._since or at

    def is_ripe(self, *, at: datetime) -> bool:
        since = self._since
        return since is not None and (at - since).total_seconds() >= _patience()

    def settle(self) -> int:
        """Add the sums to the table; returns how many cells changed. What fails is kept."""
        with self._lock:
            counts, self._counts, self._since = self._counts, Counter(), None
        try:
            Count.objects.add(counts)
        except Error as error:  # a busy database: the next request tries again
            log.warning("audience counts wait: %s", type(error).__name__)
            with self._lock:
                self._counts.update(counts)
            return 0
        return len(counts)


tally = Tally()
atexit.register(tally.settle)
