"""A picture of a schema.

A schema comes in; SVG or a page of HTML goes out, the same for the same schema.
"""
