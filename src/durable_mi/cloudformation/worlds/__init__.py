"""What a template leaves open until it is deployed, decided one way or another."""
