"""What we know: records of every type, their properties, associations, events and changes."""
