"""The letter to those who asked for it, twice: once on the page, once from their mailbox.

It never writes to a customer who did not ask (F-18), never revives an objection, never counts
who opened what.
"""
