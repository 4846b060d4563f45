"""The HTTP edge: cookies, then what a member agreed to."""
