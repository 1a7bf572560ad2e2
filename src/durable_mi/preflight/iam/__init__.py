"""What IAM allows in a template: statements, policies, and the resources that they match."""
