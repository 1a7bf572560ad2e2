"""Run a workflow in the test's own process, on AWS's test runner, with time skipped and its steps and callbacks mocked."""
