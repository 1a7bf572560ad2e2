"""What several readings of one stack have in common."""
