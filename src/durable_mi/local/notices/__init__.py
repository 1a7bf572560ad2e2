"""What somebody must know at once: what failed, what waits for a person, what is about to fail.

A notice is one line on the terminal of the local runtime. One about an execution is also kept for those who follow it.
"""
