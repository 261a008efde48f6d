"""What a reviewer sees of a change.

Two specs come in; a `Review` goes out, which `formats` prints and `diagram` draws.
"""
