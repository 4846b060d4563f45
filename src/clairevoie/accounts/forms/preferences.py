"""One switch an activity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from clairevoie.accounts.actions.preferences import Switch


class SwitchesForm(forms.Form):
    """A box a mutable activity, ticked while the person lets it be."""

    def __init__(self, *args: Any, switches: Iterable[Switch], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for switch in switches:
            self.fields[switch.activity.code] = forms.BooleanField(
                label=switch.activity.title,
                help_text=" ; ".join(switch.activity.purposes),
                initial=switch.on,
                required=False,
            )

    def wanted(self) -> set[str]:
        """Codes of the boxes that are ticked."""
        return {code for code, ticked in self.cleaned_data.items() if ticked}
