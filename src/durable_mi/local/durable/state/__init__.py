"""The file that executions are kept in."""
