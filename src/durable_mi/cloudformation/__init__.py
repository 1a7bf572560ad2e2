"""A synthesized app as CloudFormation reads it: assembly, templates, intrinsic functions."""
