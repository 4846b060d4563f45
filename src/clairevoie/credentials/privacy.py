"""What credentials hold about people."""

from clairevoie.credentials.badges.models import BadgeKey, BadgePlace
from clairevoie.credentials.models import Credential
from clairevoie.privacy import Impersonal, Personal, declare

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
            "badge",
            "replaced_by",
            "revoked_on",
            "revoked_because",
        ),
        derived=("sha256", "document_sha256"),
        technical=("uuid", "name_key", "status_list", "status_place"),
        files=("document",),
    ),
    Impersonal(
        BadgePlace,
        because="A place drawn at random that was used once; nothing leads from it to a badge.",
    ),
    Impersonal(
        BadgeKey,
        because="The organisation's own public keys.",
        columns={"public": "A public key of the organisation."},
    ),
)
