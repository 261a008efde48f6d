"""A data dictionary of a schema: a page for each object, with links and a picture.

A schema comes in; the files of a site go out, as HTML or Markdown, the same for the same schema.
"""
