"""What is asked of whoever hands a project in, corrects it, or talks about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clairevoie.learning.actions.correcting import LONGEST_COMMENT
from clairevoie.learning.actions.submitting import LONGEST_WORDS, NoFile, TooHeavy
from clairevoie.learning.actions.talking import LONGEST
from clairevoie.learning.models import Correction, Project
from clairevoie.lib.speech import sentence

_LONGEST_SCALE = 10  # more than this many points are typed


class FilesInput(forms.FileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A list of files, be it of one. What they hold is judged by the action."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        given = [one for one in (data or []) if one]
        if not given:
            raise forms.ValidationError(self.error_messages["required"])
        return given


class HandInForm(forms.Form):
    """A version of a project. The words come first: they are kept whatever the files are."""

    words = forms.CharField(
        label=_("Votre mot"),
        help_text=_("Ce que vous voulez dire de cette version à qui la corrige."),
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    documents = FilesField(label=_("Fichiers"))

    def __init__(self, project: Project, request: HttpRequest | None = None) -> None:
        if request is None:
            super().__init__()
        else:
            super().__init__(request.POST, request.FILES)
        field = self.fields["documents"]
        extensions = [f".{extension}" for extension in project.extensions]
        field.widget = FilesInput(attrs={"multiple": True, "accept": ",".join(extensions)})
        field.help_text = gettext(
            "%(extensions)s. %(n)d\u00a0Mo au plus, tous fichiers réunis."
        ) % {
            "extensions": ", ".join(project.extensions),
            "n": project.max_megabytes,
        }
        self.too_heavy = "documents" in getattr(request, "refused_uploads", ())
        missing = TooHeavy() if self.too_heavy else NoFile()
        field.error_messages["required"] = sentence(missing)

    def clean_documents(self) -> list[UploadedFile[Any]]:
        if self.too_heavy:  # some came in, and one did not: all or nothing
            raise forms.ValidationError(sentence(TooHeavy()))
        documents: list[UploadedFile[Any]] = self.cleaned_data["documents"]
        return documents


class Scale(BoundField):
    """Drawn as a row of buttons."""

    def css_classes(self, extra_classes: str | Iterable[str] | None = None) -> str:
        classes = extra_classes.split() if isinstance(extra_classes, str) else extra_classes or ()
        return str(super().css_classes(["field--scale", *classes]))


class PointsField(forms.TypedChoiceField):
    """A few points: each number is a button."""

    bound_field_class = Scale


class CorrectionForm(forms.Form):
    """The points of each criterion, some words, and the decision."""

    comment = forms.CharField(
        label=_("Commentaire"),
        help_text=_("L’apprenant le lit avec les points. Nécessaire pour rendre le projet."),
        required=False,
        max_length=LONGEST_COMMENT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    verdict = forms.ChoiceField(
        label=_("Décision"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez une décision.")},
    )

    def __init__(
        self, rubric: list[dict[str, Any]], *, second: bool, data: Mapping[str, Any] | None
    ) -> None:
        super().__init__(data)
        self.names = [f"points-{number}" for number in range(len(rubric))]
        asked = {name: _points(line) for name, line in zip(self.names, rubric, strict=True)}
        self.fields = {**asked, **self.fields}
        verdict = self.fields["verdict"]
        assert isinstance(verdict, forms.ChoiceField)
        verdict.choices = [
            (code, capfirst(label))
            for code, label in Correction.Verdict.choices
            if second or code != Correction.Verdict.SECOND
        ]

    @property
    def points(self) -> list[int]:
        return [int(self.cleaned_data[name]) for name in self.names]


def _points(line: Mapping[str, Any]) -> forms.Field:
    most = int(line["points"])
    label = gettext("%(criterion)s (sur %(n)d)") % {"criterion": line["criterion"], "n": most}
    said_when_missing = gettext("Donnez de 0 à %(n)d points à ce critère.") % {"n": most}
    if most <= _LONGEST_SCALE:
        return PointsField(
            label=label,
            help_text=_escaped(line["expects"]),
            choices=[(n, str(n)) for n in range(most + 1)],
            coerce=int,
            widget=forms.RadioSelect,
            error_messages={"required": said_when_missing, "invalid_choice": said_when_missing},
        )
    errors = dict.fromkeys(("required", "invalid", "min_value", "max_value"), said_when_missing)
    return forms.IntegerField(
        label=label,
        help_text=_escaped(line["expects"]),
        min_value=0,
        max_value=most,
        error_messages=errors,
    )


def _escaped(text: str) -> str:
    """Help is printed as it is, and a rubric is an author's text."""
    return str(escape(text))


class TalkForm(forms.Form):
    """One message."""

    text = forms.CharField(
        label=_("Votre message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Écrivez votre message avant de l’envoyer.")},
    )
