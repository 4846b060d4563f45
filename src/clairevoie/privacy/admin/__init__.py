"""The rooms of accountability: incidents and the ledger."""

from clairevoie.privacy.admin.incidents import IncidentRoom
from clairevoie.privacy.admin.ledger import LedgerRoom

__all__ = ["IncidentRoom", "LedgerRoom"]
