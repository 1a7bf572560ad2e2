"""What is read of an account: a version, its capacity provider, network, policies and metrics."""
