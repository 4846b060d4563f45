"""What somebody earned and can prove for fifty years: validated projects, certificates, diplomas.

A record is sealed when it is issued and stands alone: it copies what it says of its holder and
has no key to their account, which may close or be erased without it. It never holds the content
of a project, and nothing is published but what a number printed on a document asks for.
"""
