"""What functions log: collected, stored and filtered."""
