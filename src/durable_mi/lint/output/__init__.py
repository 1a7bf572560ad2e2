"""What a report about code looks like: text, JSON."""
