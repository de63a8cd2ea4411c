"""The response room: notes, decisions, readings and proposals of an incident, and its plan."""
