"""The local runtime as a source of the dashboard: its executions, their timelines and its workers."""
