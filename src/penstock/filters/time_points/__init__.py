"""How a moment can be given: one file each."""
