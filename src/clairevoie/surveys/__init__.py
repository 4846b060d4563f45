"""What people thought of a training: a score, a review, and figures from five answers on.

It never shows a score with its author, never publishes a review without a consent of its own,
and asks once, then reminds once.
"""
