"""People who sign in, and their sessions."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clairevoie.accounts.roles import Role as Role  # noqa: PLC0414  # re-exported: Role is a word of the models
from clairevoie.accounts.roles import permissions_of
from clairevoie.lib.contact import in_groups
from clairevoie.privacy.models import DataSubject, PersonalRecord


class Gender(models.TextChoices):
    """Optional, empty by default, for statistics only; never a greeting (P-019, F-05)."""

    FEMININE = "feminine", _("féminin")
    MASCULINE = "masculine", _("masculin")
    OTHER = "other", _("autre")
    UNDISCLOSED = "undisclosed", _("ne souhaite pas répondre")


class MemberManager(BaseUserManager["Member"]):
    """Creates members through ``accounts.actions`` only; reads are here."""

    def get_by_natural_key(self, username: str | None) -> Member:
        """In any case. Raises ``DoesNotExist``."""
        member: Member = self.called([username or ""]).get()
        return member

    def called(self, pseudos: Iterable[str]) -> models.QuerySet[Member]:
        """Those with one of these pseudos, in any case: by the index that keeps them unique."""
        lowered = [Lower(Value(pseudo)) for pseudo in pseudos]
        return self.alias(lowered=Lower("pseudo")).filter(lowered__in=lowered)


def avatar_path(_member: Member, _filename: str) -> str:
    """A random name: the path of an avatar says nothing of the person."""
    return f"avatars/{uuid.uuid4()}.webp"


class Member(AbstractBaseUser):
    """A subject with an account. Its primary key is the subject's (architecture.md § 1)."""

    subject = models.OneToOneField(
        DataSubject, models.PROTECT, primary_key=True, related_name="member"
    )
    last_name = models.CharField(_("nom"), max_length=150)
    first_names = models.CharField(_("prénoms"), max_length=150, blank=True)
    pseudo = models.CharField(_("pseudo"), max_length=40, null=True, blank=True, unique=True)
    email = models.EmailField(_("adresse e-mail"), null=True, blank=True, unique=True)
    phone = models.CharField(_("téléphone"), max_length=16, null=True, blank=True, unique=True)
    phone_verified = models.BooleanField(_("téléphone vérifié"), default=False)
    avatar = models.FileField(_("avatar"), upload_to=avatar_path, blank=True)
    avatar_small = models.FileField(_("avatar réduit"), upload_to=avatar_path, blank=True)
    street = models.CharField(_("adresse"), max_length=200, blank=True)
    postcode = models.CharField(_("code postal"), max_length=12, blank=True)
    town = models.CharField(_("ville"), max_length=100, blank=True)
    country = models.CharField(_("pays"), max_length=2, blank=True)
    gender = models.CharField(_("genre"), max_length=16, choices=Gender, null=True, blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    role = models.CharField(_("rôle"), max_length=16, choices=Role, default=Role.LEARNER)
    is_active = models.BooleanField(_("actif"), default=True)
    joined_on = models.DateField(_("membre depuis"), null=True, blank=True)
    last_login = None  # DataSubject.last_use is the only clock

    objects = MemberManager()

    USERNAME_FIELD = "pseudo"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = "membre"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(email="") & ~Q(phone="") & ~Q(pseudo=""), name="member_null_not_empty"
            ),
            models.UniqueConstraint(Lower("pseudo"), name="member_pseudo_any_case"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_staff(self) -> bool:
        return self.role != Role.LEARNER

    @property
    def is_superuser(self) -> bool:
        """Nobody is: Django's all-powerful flag has no place here."""
        return False

    @property
    def may_sign_in(self) -> bool:
        """Suspended, closed, erased or deceased: the password is right and the door is shut."""
        person = self.subject
        shut = (person.suspended_on, person.closed_on, person.erased_on, person.deceased_on)
        return self.is_active and not any(shut)

    @property
    def full_name(self) -> str:
        """As the person is greeted: one name is a whole name (F-39)."""
        return f"{self.first_names} {self.last_name}".strip()

    @property
    def phone_in_groups(self) -> str:
        """For pages; empty without a telephone."""
        return in_groups(self.phone) if self.phone else ""

    def get_all_permissions(self, obj: object = None) -> frozenset[str]:
        """What the role grants, and nothing else (accounts/roles.py)."""
        return permissions_of(self.role) if self.is_active else frozenset()

    def has_perm(self, perm: str, obj: object = None) -> bool:
        return perm in self.get_all_permissions()

    def has_perms(self, perm_list: Iterable[str], obj: object = None) -> bool:
        return self.get_all_permissions().issuperset(perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        return any(perm.startswith(f"{app_label}.") for perm in self.get_all_permissions())


class RecoveryCode(PersonalRecord):
    """One of the codes that open the account of a person without e-mail (P-086).

    Only a keyed hash is kept: each code is shown once, and leaves when it has served.
    """

    code_hash = models.CharField(max_length=64)
    made_on = models.DateField(_("préparé le"))

    class Meta(PersonalRecord.Meta):
        verbose_name = "code de récupération"
        verbose_name_plural = "codes de récupération"

    def __str__(self) -> str:
        return f"code {self.pk}"


class Session(AbstractBaseSession):
    """A browser's session, which knows whose it is: listed, ended and erased by person.

    Visitors in the middle of a sign-up have one too; ``started_at`` is set at sign-in.
    """

    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, blank=True, related_name="+"
    )
    ip = models.GenericIPAddressField(_("adresse IP"), null=True, blank=True)
    user_agent = models.CharField(_("navigateur et terminal"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("ouverte le"), null=True, blank=True)
    last_seen_on = models.DateField(_("utilisée pour la dernière fois le"), null=True, blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = "session"

    @classmethod
    def get_session_store_class(cls) -> Any:
        from clairevoie.accounts.sessions import SessionStore  # noqa: PLC0415  # imports us

        return SessionStore


class SecurityEvent(models.Model):
    """One line of the security log (F.7): what happened to an account, when and from where.

    The only place, with :class:`Session`, that holds a full IP address (P-021). No subject when
    somebody tried an identifier that is nobody's: what was typed is not kept.
    """

    class Kind(models.TextChoices):
        SIGNED_IN = "signed-in", _("Connexion")
        SIGN_IN_FAILED = "sign-in-failed", _("Tentative de connexion refusée")
        SIGN_IN_THROTTLED = "sign-in-throttled", _("Tentatives de connexion bloquées")
        SIGNED_OUT = "signed-out", _("Déconnexion")
        SESSION_ENDED = "session-ended", _("Session fermée à distance")
        PARALLEL_SESSIONS = "parallel-sessions", _("Plusieurs sessions en même temps")
        PASSWORD_CHANGED = "password-changed", _("Mot de passe changé")
        PASSWORD_RESET_ASKED = "password-reset-asked", _("Réinitialisation demandée")
        PASSWORD_RESET = "password-reset", _("Mot de passe réinitialisé")
        CONTACT_CHANGED = "contact-changed", _("Coordonnée changée")
        SECOND_FACTOR_ADDED = "second-factor-added", _("Second facteur ajouté")
        SECOND_FACTOR_REMOVED = "second-factor-removed", _("Second facteur retiré")
        RECOVERY_CODES_MADE = "recovery-codes-made", _("Codes de secours renouvelés")

    id = models.BigAutoField(primary_key=True)
    subject = models.ForeignKey(
        DataSubject, models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    kind = models.CharField(_("événement"), max_length=24, choices=Kind)
    happened_at = models.DateTimeField(_("survenu le"))
    ip = models.GenericIPAddressField(_("adresse IP"), null=True, blank=True)
    user_agent = models.CharField(_("navigateur et terminal"), max_length=200, blank=True)

    class Meta:
        verbose_name = "événement de sécurité"
        verbose_name_plural = "événements de sécurité"
        indexes: ClassVar = [
            models.Index(fields=["subject", "id"], name="securityevent_whose"),
            models.Index(fields=["happened_at", "id"], name="securityevent_clock"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class CacheEntry(models.Model):
    """The table of Django's database cache, shared by all workers: a model, so that it is
    migrated, declared and checked as every other table. Keys are keyed hashes."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = "entrée de cache"
        verbose_name_plural = "entrées de cache"
        db_table = "clairevoie_cache"

    def __str__(self) -> str:
        return self.cache_key
