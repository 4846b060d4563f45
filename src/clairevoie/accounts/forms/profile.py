"""The forms of the profile. Each page shows the notice of GDPR art. 13 with them."""

from __future__ import annotations

import unicodedata

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from clairevoie.accounts.avatars import AvatarTooHeavy
from clairevoie.accounts.models import Gender
from clairevoie.lib.speech import sentence

# Begins with a letter: never mistaken for a telephone or an e-mail at the login page.
# ASCII: databases do not agree on the case of other letters, and look-alikes deceive.
pseudo_form = RegexValidator(
    r"^[A-Za-z][A-Za-z0-9._-]{2,39}\Z",
    _(
        "Un pseudo compte de 3 à 40 signes : lettres sans accent, chiffres, point, tiret ou "
        "tiret bas, et il commence par une lettre."
    ),
)

COUNTRIES = (
    ("", _("Choisissez un pays")),
    ("FR", _("France")),
    ("DZ", _("Algérie")),
    ("DE", _("Allemagne")),
    ("AT", _("Autriche")),
    ("BE", _("Belgique")),
    ("BJ", _("Bénin")),
    ("CM", _("Cameroun")),
    ("CA", _("Canada")),
    ("CI", _("Côte d’Ivoire")),
    ("DK", _("Danemark")),
    ("ES", _("Espagne")),
    ("US", _("États-Unis")),
    ("FI", _("Finlande")),
    ("GR", _("Grèce")),
    ("IE", _("Irlande")),
    ("IT", _("Italie")),
    ("LU", _("Luxembourg")),
    ("MA", _("Maroc")),
    ("MC", _("Monaco")),
    ("NO", _("Norvège")),
    ("NL", _("Pays-Bas")),
    ("PL", _("Pologne")),
    ("PT", _("Portugal")),
    ("RO", _("Roumanie")),
    ("GB", _("Royaume-Uni")),
    ("SN", _("Sénégal")),
    ("SE", _("Suède")),
    ("CH", _("Suisse")),
    ("CZ", _("Tchéquie")),
    ("TN", _("Tunisie")),
)


def one_line(value: str) -> str:
    """Composed letters, single spaces. Raises on signs that nobody can see or type."""
    value = " ".join(unicodedata.normalize("NFC", value).split())
    if any(unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") for sign in value):
        raise ValidationError(_("Ce texte contient un signe invisible. Tapez-le à nouveau."))
    return value


class OneLineField(forms.CharField):
    """A name or a line of address, clean of invisible signs."""

    def to_python(self, value: object) -> str:
        return one_line(super().to_python(value) or "")


class ProfileForm(forms.Form):
    """Names, pseudo, language, gender: only the first is required (P-013, P-019)."""

    last_name = OneLineField(
        label=_("Nom"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
        help_text=_("Si vous n’avez qu’un seul nom, écrivez-le ici."),
    )
    first_names = OneLineField(
        label=_("Prénoms"),
        max_length=150,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    pseudo = forms.CharField(
        label=_("Pseudo"),
        max_length=40,
        required=False,
        validators=[pseudo_form],
        widget=forms.TextInput(attrs={"autocomplete": "nickname", "autocapitalize": "none"}),
        help_text=_("Le seul nom que voient les autres. Il sert aussi à se connecter."),
    )
    language = forms.ChoiceField(label=_("Langue"), choices=settings.LANGUAGES)
    gender = forms.ChoiceField(
        label=_("Genre"),
        required=False,
        choices=[("", _("Non renseigné")), *Gender.choices],
        help_text=_(
            "Il ne sert qu’à compter, par groupes d’au moins cinq personnes, qui suit nos "
            "formations. Jamais à vous saluer, ni à décider de quoi que ce soit."
        ),
    )

    def clean_pseudo(self) -> str | None:
        return self.cleaned_data["pseudo"] or None

    def clean_gender(self) -> str | None:
        return self.cleaned_data["gender"] or None


class AddressForm(forms.Form):
    """The postal address: all of it or nothing (P-018)."""

    street = OneLineField(
        label=_("Numéro et rue"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    postcode = OneLineField(
        label=_("Code postal"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "postal-code"}),
    )
    town = OneLineField(
        label=_("Ville"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "address-level2"}),
    )
    country = forms.ChoiceField(
        label=_("Pays"),
        choices=COUNTRIES,
        required=False,
        widget=forms.Select(attrs={"autocomplete": "country"}),
    )

    def clean(self) -> dict[str, str]:
        address: dict[str, str] = self.cleaned_data
        if any(address.values()):
            for name in ("street", "town", "country"):
                if name in address and not address[name]:
                    self.add_error(name, _("Complétez l’adresse, ou videz tous les champs."))
        return address


class AvatarForm(forms.Form):
    """One picture. What is in it is judged by the action, which has to decode it."""

    avatar = forms.FileField(
        label=_("Image"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text=_(
            "JPEG, PNG ou WebP, 5 Mo au plus. Elle est recadrée en carré et "
            "redessinée : lieu, date et appareil de prise de vue disparaissent."
        ),
    )

    def __init__(self, request: HttpRequest | None = None) -> None:
        if request is None:
            super().__init__()
            return
        super().__init__(request.POST, request.FILES)
        if "avatar" in getattr(request, "refused_uploads", ()):
            self.fields["avatar"].error_messages["required"] = sentence(AvatarTooHeavy())
