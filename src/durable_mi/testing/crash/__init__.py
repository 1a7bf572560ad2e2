"""Run a workflow once for each place where its process can end, and compare what it returns."""
