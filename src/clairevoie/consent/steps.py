"""The night's part: new words are published, what was chosen since the last night is sealed."""

from __future__ import annotations

from datetime import datetime

from clairevoie.consent import sealing
from clairevoie.privacy import wordings
from clairevoie.privacy.daily import step


@step("consent.publish-texts", order=5)
def publish_texts(at: datetime) -> int:
    """What the policy says since today, before anything asks which consents cover it."""
    return wordings.publish_present(at=at)


@step(sealing.SEAL, order=60)
def seal_choices(at: datetime) -> int:
    """One line for all the choices of cookies since the last night."""
    return sealing.seal(at=at)
