"""Where vehicles and people are: reported, judged, kept, and asked for."""
