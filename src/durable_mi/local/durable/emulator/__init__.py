"""AWS's emulator beneath the executor: its private parts under public names."""
