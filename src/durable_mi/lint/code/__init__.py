"""Code as it is read: modules, values, variables, and what calls of libraries do."""
