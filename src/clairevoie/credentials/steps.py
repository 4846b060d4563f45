"""The part of the daily round that belongs to credentials."""

from datetime import datetime

from clairevoie import privacy
from clairevoie.credentials.actions import issuing


@privacy.daily.step("credentials.sweep-documents", order=890)
def sweep_documents(at: datetime) -> int:
    """A decision that was rolled back leaves the document that it had printed."""
    return issuing.sweep_documents(at=at)
