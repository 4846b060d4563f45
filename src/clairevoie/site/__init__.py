"""The face: base templates, design tokens, public pages and the components every page uses.

It reads the policy and the record of executions; it never writes anything about anybody.
"""
