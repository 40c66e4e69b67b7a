"""Definitions of records that are made and changed while the system runs."""
