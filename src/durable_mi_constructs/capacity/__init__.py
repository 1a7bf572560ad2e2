"""The capacity provider that functions run on."""
