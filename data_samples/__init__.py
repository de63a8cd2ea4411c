"""The maker of the fictional sample city, and small data with a line of provenance each."""

SEED = 7  # of the city that is loaded when nobody names another
