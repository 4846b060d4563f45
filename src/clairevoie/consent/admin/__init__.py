"""The back-office edge: what was agreed to and chosen is read here, never written."""

from clairevoie.consent.admin import choices, consents

__all__ = ["choices", "consents"]
