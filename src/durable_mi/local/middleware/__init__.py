"""What a server on a loopback port checks before it serves a request, and how it rejects one."""
