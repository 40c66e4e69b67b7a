"""The composition root: the only place that runs things. It wires the slices and supervises."""
