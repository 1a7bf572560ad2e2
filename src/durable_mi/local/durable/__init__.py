"""The durable service: AWS's emulator, its store and the faults that can be injected."""
