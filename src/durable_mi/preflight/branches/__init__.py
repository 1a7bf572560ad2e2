"""A template judged in each branch of its conditions."""
