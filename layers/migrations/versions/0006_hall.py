"""Hall and desk: the incident's file, decisions, plots, walls, replay.

The SQL lies in `sql/0006`, one file a subject, run in the order of their names.
"""

from pathlib import Path

from alembic import op

revision = "0006"
down_revision = "0005"

SQL = Path(__file__).parent.parent / "sql" / "0006"


def upgrade() -> None:
    """Run every file; the driver's own cursor reads no percent sign as a parameter."""
    run = op.get_bind().connection.cursor().execute
    for file in sorted(SQL.glob("*.sql")):
        run(file.read_text())
