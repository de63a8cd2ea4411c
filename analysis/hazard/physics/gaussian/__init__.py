"""What Gaussian clouds share: dispersion coefficients, plumes, puffs, calm air."""
