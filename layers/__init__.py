"""What is stored: the spatial core on PostGIS. Knows neither HTTP nor analysis."""
