"""What is kept of each word given or taken back."""

from clairevoie.consent.models.trackers import ShownText, Surface, TrackerChoice

__all__ = ["ShownText", "Surface", "TrackerChoice"]
