"""What leaves the building: effects are claimed, carried out, and their outcome recorded."""
