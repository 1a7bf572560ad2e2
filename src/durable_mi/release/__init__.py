"""Releases that drain: observe the versions of a function, plan what to do with each, and apply it."""
