"""What is said of a value of YAML that is no literal."""

EXPRESSION = "or an expression: {sql: …}"
