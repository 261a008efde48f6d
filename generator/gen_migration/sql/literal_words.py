"""What the hints of all literals say of the other way to write a value."""

EXPRESSION = "or an expression: {sql: …}"
