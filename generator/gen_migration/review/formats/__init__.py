"""The formats of a review: each module has `render`, from a `Review` to text."""
