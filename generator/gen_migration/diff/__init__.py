"""What is different between two schemas.

Two schemas and the hints of a spec come in; operations in no particular order go out, with the
questions that are open, and what the operations would lose.
"""
