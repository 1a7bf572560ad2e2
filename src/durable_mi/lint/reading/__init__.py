"""Reading code: expressions, statements and calls, with what is known of each value."""
