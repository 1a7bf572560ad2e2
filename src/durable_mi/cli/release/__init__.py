"""``durable-mi release``: what becomes of the versions that deployments leave behind."""
