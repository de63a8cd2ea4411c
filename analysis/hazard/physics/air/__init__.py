"""What models of the air share: the sun, stability, the layer near the ground, plume rise."""
