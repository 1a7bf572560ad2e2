"""The parts of the planner: what a pass knows, what it remembers, and what becomes of each kind of version."""
