"""What a report looks like: text, JSON, SARIF."""
