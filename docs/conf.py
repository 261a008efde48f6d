"""The site of these pages, as `make docs` builds it: every warning is an error."""

from importlib import metadata

from pygments.lexers import YamlLexer
from sphinx.application import Sphinx

project = "gen-migration"
release = metadata.version("gen-migration")
extensions = ["myst_parser"]
myst_heading_anchors = 4
nitpicky = True
html_theme = "furo"
html_title = "gen-migration"
html_copy_source = False
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
pygments_style = "friendly"  # diffs have colours in it
smartquotes_action = "qe"  # `--check` keeps its dashes


def setup(app: Sphinx) -> None:
    """Know the fences of YAML that is no spec, which tests tell from those that are one."""
    app.add_lexer("yml", YamlLexer)
