"""``durable-mi ui``: the page over an account."""
