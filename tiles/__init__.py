"""From a layer to bytes: vector tiles and the base map. Knows neither HTTP nor analysis."""
