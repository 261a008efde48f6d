"""What a reviewer has to know of a change.

A plan comes in and findings go out; a rule is a small function whose docstring is its page.
"""
