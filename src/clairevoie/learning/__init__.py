"""What one learns here: parcours, their modules and chapters, exercises and projects.

An edition of a parcours that was printed once never changes: what somebody began, they finish as
they began it. Sources are folders of Markdown and TOML, which authors keep where they like.
"""
