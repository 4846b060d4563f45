"""The night's part: new words are published, what was chosen since the last night is sealed."""

from __future__ import annotations

from datetime import datetime

from clairevoie.consent import sealing
from clairevoie.privacy.daily import step
from clairevoie.privacy.wordings import publish_present


@step("consent.publish-texts", order=5)
def publish_texts(at: datetime) -> int:
    """What the policy says since today, before anything asks which consents cover it."""
    return publish_present(at=at)


@step(sealing.SEAL, order=60)
def seal_choices(at: datetime) -> int:
    """One line for all the choices of cookies since the last night."""
    return sealing.seal(at=at)
