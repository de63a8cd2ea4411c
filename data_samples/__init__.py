"""The maker of the fictional sample city, and small data with a line of provenance each."""
