"""Findings of rules, over templates or code: their severity, and how every report writes them."""
