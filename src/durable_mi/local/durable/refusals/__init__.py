"""What the service refuses and the emulator does not: limits, names, late callbacks, unqualified functions."""
