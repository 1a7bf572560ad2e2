"""What the terminal shows of executions."""
