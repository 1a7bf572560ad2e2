"""The dead-letter queue of durable functions: what is in it, start it again, remove it."""
