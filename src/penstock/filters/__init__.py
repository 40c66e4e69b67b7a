"""How we ask: filter documents, what they mean as SQL and as a sentence, and the search."""
