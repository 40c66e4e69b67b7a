"""Who may: API keys and their scopes, and the trail of what everybody changed."""
