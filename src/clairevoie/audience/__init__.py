"""What is read on the site, as counts that single nobody out.

Without consent: counters only, no identifier, no address. With the visitor's consent: a random
number of thirteen months that tells how often people come back. Never a link with an account.
"""
