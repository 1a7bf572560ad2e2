"""What a synthesized app says: functions, capacity providers, placeholders, changes."""
