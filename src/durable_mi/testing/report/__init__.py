"""The crash tests of a pytest session as one HTML page."""
