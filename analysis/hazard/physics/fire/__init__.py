"""What fires share: flames, view factors, the air that heat passes."""
