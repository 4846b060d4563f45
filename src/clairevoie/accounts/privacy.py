"""What the tables of accounts hold, those of allauth and Django included."""

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django_tasks_db.models import DBTaskResult

from clairevoie.accounts.models import CacheEntry, Member, RecoveryCode, SecurityEvent, Session
from clairevoie.privacy import Impersonal, Personal, declare

declare(
    Personal(
        Member,
        activity="account",
        keep="account",
        title="Compte et profil",
        provided=(
            "last_name",
            "first_names",
            "pseudo",
            "email",
            "phone",
            "avatar",
            "street",
            "postcode",
            "town",
            "country",
            "gender",
            "language",
        ),
        observed=("phone_verified", "joined_on"),
        derived=("avatar_small", "role", "is_active"),
        secret=("password",),
        files=("avatar", "avatar_small"),
    ),
    Personal(
        RecoveryCode,
        activity="security",
        keep="account",
        title="Codes de récupération",
        observed=("made_on",),
        secret=("code_hash",),
    ),
    Personal(
        Session,
        activity="security",
        keep="session",
        title="Sessions de connexion",
        observed=("ip", "user_agent", "started_at", "last_seen_on", "expire_date"),
        labels={"expire_date": "expire le"},
        secret=("session_data",),
    ),
    Personal(
        SecurityEvent,
        activity="security",
        keep="security-log",
        title="Journal de sécurité",
        observed=("kind", "happened_at", "ip", "user_agent"),
    ),
    Impersonal(
        CacheEntry,
        because="Counts attempts under keyed hashes, for an hour at most.",
        columns={"value": "Instants of attempts, and nothing of who made them."},
    ),
)

# --- allauth --------------------------------------------------------------------------------

declare(
    Personal(
        EmailAddress,
        activity="account",
        keep="account",
        subject="user",
        title="Adresses e-mail de connexion",
        provided=("email",),
        observed=("verified",),
        technical=("primary",),
        labels={"email": "adresse e-mail", "verified": "vérifiée"},
    ),
    Personal(
        EmailConfirmation,
        activity="account",
        keep="account",
        subject="email_address__user",
        title="Confirmations d’adresse",
        observed=("created", "sent"),
        secret=("key",),
        labels={"created": "demandée le", "sent": "envoyée le"},
    ),
    Personal(
        Authenticator,
        activity="security",
        keep="account",
        subject="user",
        title="Seconds facteurs",
        observed=("type", "created_at", "last_used_at"),
        secret=("data",),
        labels={
            "type": "moyen",
            "created_at": "ajouté le",
            "last_used_at": "utilisé pour la dernière fois le",
        },
    ),
)

# --- Django -----------------------------------------------------------------------------------

declare(
    Personal(
        LogEntry,
        activity="security",
        keep="security-log",
        clock="action_time",
        indexed=("action_time",),  # Django gives the table none: migration 0003
        subject="user",
        title="Gestes dans la gestion du site",
        observed=("action_time", "action_flag", "object_repr", "change_message"),
        technical=("content_type", "object_id"),
        labels={
            "action_time": "date du geste",
            "action_flag": "sorte de geste",
            "object_repr": "sur quoi",
            "change_message": "détail",
        },
    ),
    Impersonal(
        Group,
        because="Unused: roles are a column of Member (accounts/roles.py).",
        columns={"name": "Name of a group of rights, not of a person."},
    ),
    Impersonal(
        Group.permissions.through,
        because="Unused: rights of groups.",
    ),
    Impersonal(
        Permission,
        because="One row a verb a table, made by Django.",
        columns={"name": "Name of a right, not of a person."},
    ),
    Impersonal(ContentType, because="One row a table, made by Django."),
    Impersonal(
        DBTaskResult,
        because="Tasks receive UUIDs and numbers only.",
        columns={
            "args_kwargs": "Numbers and UUIDs only: a task reads what it needs when it runs.",
            "worker_ids": "Names of worker processes.",
            "return_value": "Counts.",
            "traceback": "Exceptions' texts hold no personal value.",
            "exception_class_path": "Name of a class of exceptions.",
            "task_path": "Name of a function.",
            "queue_name": "Name of a queue.",
            "backend_name": "Name of a backend.",
        },
    ),
)
