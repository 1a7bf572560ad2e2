"""What CloudFormation expands before it looks at a template's resources: loops, includes, macros and modules."""
