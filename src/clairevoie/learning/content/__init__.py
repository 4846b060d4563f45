"""Reads what authors write: folders of Markdown and TOML, into values ready to be stored.

Nothing here touches the database. Everything that is wrong is told at once, with file and line.
"""
