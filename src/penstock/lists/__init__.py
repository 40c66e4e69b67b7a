"""Lists: saved filters, and sets of records that were chosen."""
