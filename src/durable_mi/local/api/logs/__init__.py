"""The calls of CloudWatch Logs."""
