"""What is kept of each word given or taken back."""

from clairevoie.consent.models.guardians import ParentalConsent
from clairevoie.consent.models.keys import ReceiptKey
from clairevoie.consent.models.trackers import ShownText, Surface, TrackerChoice

__all__ = ["ParentalConsent", "ReceiptKey", "ShownText", "Surface", "TrackerChoice"]
