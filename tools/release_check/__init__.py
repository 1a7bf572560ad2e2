"""What must hold before a version goes to PyPI: ``make release-check``."""
