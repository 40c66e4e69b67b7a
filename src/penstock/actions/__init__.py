"""What is done: every action is one file of the catalogue."""
