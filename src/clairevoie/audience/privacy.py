"""What the measure of audience holds about people: nothing that leads to one."""

from clairevoie.audience.models import Count, Visit
from clairevoie.privacy import Impersonal, Unlinked, declare

declare(
    Impersonal(Count, because="Sums of a day; no number, address or text of anybody."),
    Unlinked(
        Visit,
        activity="audience",
        keep="audience",
        because="A random number in one browser, given with consent; no key to an account.",
    ),
)
