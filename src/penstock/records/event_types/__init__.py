"""The built-in kinds of events: any number of constants in each file."""
