"""The commands about executions: which there are, what one of them does, and its lines."""
