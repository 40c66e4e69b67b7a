"""Who may: API keys and their scopes, sign-in links and sessions, and the trail of all changes."""
