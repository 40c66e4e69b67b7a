"""The object types that come with Penstock: one file each."""
