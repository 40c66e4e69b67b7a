"""The kinds of filter: one file each."""
