"""The ways to refine what happened, by when or how often: one file each."""
