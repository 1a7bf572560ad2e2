"""The calls that list, change and answer executions, a file for each noun, at the pace that the API allows."""
