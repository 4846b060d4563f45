"""The form of « Inscription »."""

from __future__ import annotations

import unicodedata
from typing import Any

from allauth.account.forms import SignupForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from clairevoie.accounts.actions import joining, offers
from clairevoie.accounts.models import Member
from clairevoie.lib import calendar

_ONE_OF_TWO = _("Donnez une adresse e-mail ou un numéro de téléphone.")
_BY_EMAIL = _("Elle s’envoie par e-mail : donnez une adresse, ou décochez cette case.")
_ONE_ONLY = _(
    "Une seule coordonnée suffit pour commencer : "
    "vous pourrez ajouter l’autre dans « Mon compte »."
)


def clean_name(value: str) -> str:
    """A name as it is written, without invisible signs; of any script and length of one up."""
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in value):
        raise ValidationError(_("Ce nom contient un signe invisible : écrivez-le à nouveau."))
    return " ".join(value.split())


class SignUpForm(SignupForm):  # type: ignore[misc]  # allauth ships no types
    """A name, one contact, a password, the terms: nothing else is asked (P-013, P-014)."""

    use_required_attribute = False
    field_order = ("last_name", "first_names", "email", "phone", "password1", "terms")

    last_name = forms.CharField(
        label=_("Nom"),
        max_length=150,
        help_text=_("Si vous n’avez qu’un seul nom, écrivez-le ici."),
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    first_names = forms.CharField(
        label=_("Prénoms"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    terms = forms.BooleanField(
        label=_(
            "J’ai lu les conditions générales d’utilisation et la politique de confidentialité "
            "qui en fait partie."
        ),
        error_messages={"required": _("Cochez cette case pour ouvrir un compte.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        email, password = self.fields["email"], self.fields["password1"]
        email.label = _("Adresse e-mail")
        email.help_text = _("L’adresse ou le téléphone, au choix : un code y sera envoyé.")
        self.fields["phone"].label = _("Téléphone")
        for either in (email, self.fields["phone"]):
            either.required = True  # drawn without « facultatif »: one of the two is not
            either.validate = lambda _value: None  # the rule is in clean()
        password.label = _("Mot de passe")
        for field in (email, password):
            field.widget.attrs.pop("placeholder", None)
        self.offers = offers.offers_now()
        for name, offer in self.offers.items():
            self.fields[name] = forms.BooleanField(
                label=offer.words(), help_text=str(offer.help_text), required=False
            )

    def clean_last_name(self) -> str:
        return clean_name(self.cleaned_data["last_name"])

    def clean_first_names(self) -> str:
        return clean_name(self.cleaned_data["first_names"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        self._refuse_password_like_the_person()
        if "email" in self.errors or "phone" in self.errors:
            return cleaned
        if not (cleaned.get("email") or cleaned.get("phone")):
            self.add_error("email", ValidationError(_ONE_OF_TWO, code="required"))
        elif cleaned.get("email") and cleaned.get("phone"):
            self.add_error("phone", ValidationError(_ONE_ONLY, code="one_only"))
        elif not cleaned.get("email"):
            for name in self._ticked():
                self.add_error(name, ValidationError(_BY_EMAIL, code="by_email"))
        return cleaned

    def _ticked(self) -> list[str]:
        return [name for name in self.offers if self.cleaned_data.get(name)]

    def _accept_offers(self) -> None:
        """The same whether or not the address is free: its owner is asked, and decides."""
        for name in self._ticked():
            offers.accept(
                self.offers[name],
                email=self.cleaned_data["email"],
                language=(get_language() or "fr")[:2],
                at=calendar.now(),
            )

    def _refuse_password_like_the_person(self) -> None:
        """allauth compares with the address alone; names and telephone are known here."""
        data, names = self.cleaned_data, ("last_name", "first_names", "email", "phone")
        if "password1" not in data or "password1" in self.errors:
            return
        person = Member(**{name: data.get(name) or "" for name in names})
        try:
            validate_password(data["password1"], person)
        except ValidationError as refusal:
            self.add_error("password1", refusal)

    def try_save(self, request: HttpRequest) -> tuple[Member | None, HttpResponse | None]:
        """A contact that is taken or barred gets the same answer as a free one."""
        data = self.cleaned_data
        try:
            member = joining.sign_up(
                last_name=data["last_name"],
                first_names=data.get("first_names", ""),
                email=data.get("email") or None,
                phone=data.get("phone") or None,
                password=data["password1"],
                terms_read=data["terms"],
                at=calendar.now(),
            )
        except joining.ContactUnavailable:
            self._accept_offers()
            self.account_already_exists = True
            pretence: tuple[None, HttpResponse] = super().try_save(request)
            return pretence
        self._accept_offers()
        return member, None
