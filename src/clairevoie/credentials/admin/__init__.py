"""The room of credentials."""

from clairevoie.credentials.admin.certificates import CertificateRoom

__all__ = ["CertificateRoom"]
