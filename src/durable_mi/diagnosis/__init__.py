"""Why an execution does not go on, and what is wrong with a stack: what is read, and pure rules over it."""
