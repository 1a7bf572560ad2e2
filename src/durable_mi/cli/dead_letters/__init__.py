"""The commands over dead-letter queues."""
