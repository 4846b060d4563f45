"""Second factors under a new pepper: their sealed secrets are opened and sealed again."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db import transaction

from clairevoie.accounts.second_factor import box
from clairevoie.privacy import rekeying

SEALED = ("secret", "seed")


@rekeying.rekey("second-factors")
def rekey_second_factors() -> rekeying.Rekeyed:
    """Every secret can be opened, so that none is left under a past pepper."""
    numbers = list(Authenticator.objects.order_by("pk").values_list("pk", flat=True))
    return rekeying.Rekeyed(done=sum(_rekey(number) for number in numbers), left=0)


@transaction.atomic
def _rekey(number: int) -> bool:
    factor = Authenticator.objects.select_for_update().filter(pk=number).first()
    sealed = {name for name in SEALED if factor and factor.data.get(name)}
    if factor is None or not sealed:
        return False
    for name in sealed:
        factor.data[name] = box().rotate(factor.data[name].encode()).decode()
    factor.save(update_fields=["data"])
    return True
