"""The commands that change executions: one that is named, or many that filters select."""
