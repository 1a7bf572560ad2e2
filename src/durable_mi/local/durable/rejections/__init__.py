"""What the service rejects and the emulator does not: limits, names, late callbacks, unqualified functions."""
