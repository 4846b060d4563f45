"""The session store: Django's database store, on rows that know whose they are."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from clairevoie.accounts.models import Session


class SessionStore(DatabaseStore):
    """Writes the subject beside the opaque session data, so that erasure finds it."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session: Session = super().create_model_instance(data)
        subject = data.get("_auth_user_id")
        session.subject_id = int(subject) if subject else None
        return session
