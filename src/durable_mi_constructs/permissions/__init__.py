"""Execution roles, their policies, and grants on executions."""
