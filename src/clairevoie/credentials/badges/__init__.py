"""Open Badges 3.0: what somebody earned, as a file that proves itself.

A badge is a W3C Verifiable Credential signed when the credential is issued, stored as it was
signed and never signed again. Anybody checks it without us but for two addresses: our public
keys (``/.well-known/did.json``) and the list that says which badges no longer hold
(``/badges/statut/<list>/``). It carries the name printed on the certificate and no other
identity (docs/decisions/0072).
"""
