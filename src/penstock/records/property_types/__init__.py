"""The types that a property can have: one file each."""
