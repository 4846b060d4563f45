"""What credentials hold about people."""

from clairevoie.credentials.models import Credential
from clairevoie.privacy import Personal, declare

declare(
    Personal(
        Credential,
        activity="certificates",
        keep="certificate",
        subject="holder",  # the public number, and no key: the record outlives the person's rows
        title="Certificats et validations",
        provided=("name",),
        observed=(
            "number",
            "kind",
            "title",
            "result",
            "issued_on",
            "made_on",
            "issuer",
            "parcours",
            "edition",
            "part",
            "document",
            "archived_on",
            "replaced_by",
            "revoked_on",
            "revoked_because",
        ),
        derived=("sha256", "document_sha256"),
        technical=("uuid", "name_key"),
        files=("document",),
    ),
)
