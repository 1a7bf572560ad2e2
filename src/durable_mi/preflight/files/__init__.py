"""Which templates are checked: what a user names, and what is found below directories."""
