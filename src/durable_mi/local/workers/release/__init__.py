"""What releases change: aliases, scaling, and versions that callers publish and delete."""
