"""Side by side with the ordinary way, printed as ratios; nothing here is asserted in time."""
