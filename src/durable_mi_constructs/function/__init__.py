"""The durable function and its own resources."""
