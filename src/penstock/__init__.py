"""Penstock: workflow automation for customer records."""
