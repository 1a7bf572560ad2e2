"""The code of a synthesized app: the handlers that its templates name, in their assets."""
