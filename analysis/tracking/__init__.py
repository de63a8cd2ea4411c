"""What positions mean: distance and stay, arrival, leaving the route, standing, speed of roads."""
