"""The consequence models in full: calculation sheets, rasters of terrain and people.

The SQL lies in `sql/0003`, one file a subject, run in the order of their names.
"""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"

SQL = Path(__file__).parent.parent / "sql" / "0003"


def upgrade() -> None:
    """Run every file; the driver's own cursor reads no percent sign as a parameter."""
    run = op.get_bind().connection.cursor().execute
    for file in sorted(SQL.glob("*.sql")):
        run(file.read_text())
