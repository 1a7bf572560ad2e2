"""The code of a version on this machine."""
