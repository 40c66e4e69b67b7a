"""A company to look at: real public sales data, invented people, and workflows that run."""
