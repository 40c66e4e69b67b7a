"""What was drawn: workflow documents, their validation, revisions and storage."""
