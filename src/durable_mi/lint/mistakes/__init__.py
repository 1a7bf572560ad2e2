"""What is wrong in a workflow, as far as one place shows it."""
