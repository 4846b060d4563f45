"""The night's part: what was chosen since the last one is sealed into the ledger."""

from __future__ import annotations

from datetime import datetime

from clairevoie import privacy
from clairevoie.consent import sealing


@privacy.daily.step(sealing.SEAL, order=60)
def seal_choices(at: datetime) -> int:
    return sealing.seal(at=at)


@step("consent.publish-texts", order=5)
def publish_texts(at: datetime) -> int:
    """What the policy says since today, before anything asks which consents cover it."""
    return publish_present(at=at)
