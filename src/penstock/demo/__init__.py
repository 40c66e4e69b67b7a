"""A company to look at: real public sales data, invented people, and a workflow that runs."""
