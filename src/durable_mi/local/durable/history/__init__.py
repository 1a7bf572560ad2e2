"""The history of an execution, as AWS returns it."""
