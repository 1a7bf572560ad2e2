"""What a SAM template's own resource types stand for."""
