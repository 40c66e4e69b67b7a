"""Who gets in: every trigger is one file of the catalogue."""
