"""The Lambda API's calls that release: what changes versions and aliases."""
