"""What is deployed of a stack against what must hold: what is read, and the checks of `durable-mi doctor`."""
