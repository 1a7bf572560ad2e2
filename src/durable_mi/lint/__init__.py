"""Rules over workflow code: its syntax trees are read, and never imported."""
