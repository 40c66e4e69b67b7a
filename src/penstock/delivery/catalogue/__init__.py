"""The kinds of delivery: one file each."""
