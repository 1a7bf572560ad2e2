"""Where release records are kept, and in which form."""
