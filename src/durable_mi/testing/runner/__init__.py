"""Run a workflow in the test's own process, on AWS's test runner, with skipped time and mocks."""
