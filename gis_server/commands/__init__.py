"""The commands of `onemap`, one noun a file."""
