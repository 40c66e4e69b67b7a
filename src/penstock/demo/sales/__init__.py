"""The files of the demo company: sales data in the public domain."""
