"""What spreads over ground: fire by its fuel and wind, water by its level."""
