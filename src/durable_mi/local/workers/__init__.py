"""Versions, execution environments and the processes that run handlers."""
