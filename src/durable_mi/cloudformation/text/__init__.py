"""Intrinsic functions that make and take apart text and lists."""
