"""New projects: an app with a workflow, its stack and tests, from templates that are part of this package."""
