"""The demonstration organisation: believable people in every state, made by the real actions.

Addresses end in ``.example`` (RFC 2606) and numbers are those kept for fiction: nothing written
here can reach anybody. It is refused in production, with a mail provider, and on an instance
where somebody already lives.
"""
