"""The AWS-shaped endpoint, a module for each service's calls."""
