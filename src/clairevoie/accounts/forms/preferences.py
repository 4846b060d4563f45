"""One switch an activity, by category of messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clairevoie.accounts.actions.preferences import Switch
from clairevoie.policy import MessageCategory

TITLES = {
    MessageCategory.INFORMATION: gettext_lazy("Informations"),
    MessageCategory.NEWSLETTER: gettext_lazy("Lettre d’information et propositions"),
    MessageCategory.SURVEY: gettext_lazy("Enquêtes"),
}


class SwitchesForm(forms.Form):
    """A box a mutable activity, ticked while the person lets it be."""

    def __init__(self, *args: Any, switches: Iterable[Switch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.switches = tuple(switches)
        for switch in self.switches:
            self.fields[switch.activity.code] = forms.BooleanField(
                label=_(switch.activity.title),
                help_text=" ".join(f"{_(purpose)}." for purpose in switch.activity.purposes),
                initial=switch.on,
                required=False,
            )

    def groups(self) -> dict[str, list[BoundField]]:
        """The boxes by what they stop: a category of messages, or a use of data."""
        found: dict[str, list[BoundField]] = {}
        for switch in sorted(self.switches, key=lambda switch: switch.activity.category is None):
            category = switch.activity.category
            title = TITLES[category] if category else _("Usages de vos données")
            found.setdefault(str(title), []).append(self[switch.activity.code])
        return found

    def wanted(self) -> set[str]:
        """Codes of the boxes that are ticked."""
        return {code for code, ticked in self.cleaned_data.items() if ticked}
