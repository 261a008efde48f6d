"""Operations as the text of a revision.

A planned revision comes in; Python goes out, with its id and its mark. Python decides, and Jinja
prints.
"""
