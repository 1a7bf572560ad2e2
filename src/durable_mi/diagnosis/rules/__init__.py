"""The rules of `durable-mi why`. Each takes the evidence and returns a diagnosis, or ``None``."""
