"""What the models share: constants, dispersion coefficients, heat on its way, the sun, clouds."""
