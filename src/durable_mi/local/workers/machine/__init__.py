"""This machine: its interpreters, the packages for them, and a private /tmp."""
