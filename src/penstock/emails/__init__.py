"""Marketing e-mails: what they say, in immutable revisions, and how they are rendered."""
