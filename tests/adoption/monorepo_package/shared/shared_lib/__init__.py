"""What services share without a package of its own."""
