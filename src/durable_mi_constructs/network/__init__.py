"""The network that instances run in."""
