"""What the calls of a pass are made of: pages, and what they return."""
