"""What becomes of a function's old versions, and the janitor of a stack that sees to it."""
