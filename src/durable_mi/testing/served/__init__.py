"""A whole app in the local runtime, with the processes and limits that Lambda has."""
