"""What each person agreed to: the banner and its trackers, consents and their receipts.

The choices themselves are the engine's append-only records, because the gate reads them; here
people give them, take them back and read them again. Nothing here ever decides for a person:
silence is a refusal, and acknowledging a text is never a consent (P-006).
"""
