"""Commands for a project: make one, and run its workflow once on this machine."""
