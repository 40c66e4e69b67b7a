"""What can be asked of a property's value: a file for each operation, a row for each operator."""
