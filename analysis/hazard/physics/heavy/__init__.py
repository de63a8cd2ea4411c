"""What heavy-gas clouds share: buoyancy, mixing, Britter-McQuaid curves, SLAB runs."""
