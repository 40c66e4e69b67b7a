"""The domain-free ground: database, ids, clock, settings, errors and catalogues."""
