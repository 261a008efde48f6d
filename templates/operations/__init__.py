"""One template for each operation, found by its name."""
