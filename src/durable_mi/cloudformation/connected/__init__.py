"""Stacks that use values of each other."""
