"""HubSpot's HTTP dialect, and our own under /api. Every module with a `router` takes part."""
