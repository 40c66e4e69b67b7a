"""The kinds of filter branch: one class each."""
