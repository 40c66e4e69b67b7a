"""Who may: keys, apps and their scopes, secrets, sign-ins, and the trail of all changes."""
