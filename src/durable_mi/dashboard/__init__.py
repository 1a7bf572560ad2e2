"""The page that shows executions, and its API."""
