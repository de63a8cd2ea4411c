"""HTTP and the command line: parse, call, serialise.

The only folder that imports Flask, and the only one that commits.
"""

__version__ = "0.1.0"
