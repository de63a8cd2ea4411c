"""The file of an incident: grade, corrections, deadlines, bulletins, and the watch that keeps it.

What decides is pure (`grade`, `due`); the rest reads and writes rows. Nothing here commits, and
nothing speaks a language: results are codes with parameters.
"""
