"""What the commands that report findings share: options, ids of rules, and the configuration in pyproject.toml."""
