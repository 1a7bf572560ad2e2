"""The durable function and what belongs to it alone."""
