"""Road networks: from an extract to arrays, and from arrays to routes and arrival times."""
