"""The options that many commands have in common."""
