"""An account as a source of the dashboard: its executions through the Lambda API, at AWS's rates."""
