"""Change one execution or many: which ones, what is done to each, and what came of it."""
