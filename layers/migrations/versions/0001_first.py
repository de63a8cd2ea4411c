"""The first schema: functions, every table, and the journal's triggers."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None

SQL = Path(__file__).parent.parent / "sql"
APP = "onemap_app"
UNTOUCHABLE = ("journal", "row_history", "layer_state", "epoch")
WATCHED = (
    "assessment", "building", "call", "contact", "disaster_point", "enterprise", "fire_water",
    "hazard_source", "incident", "land_use", "place", "protection_target", "railway", "region",
    "resource", "road", "road_network", "role_grant", "stock", "team", "user_account", "water",
    "weather_station",
)  # fmt: skip


def upgrade() -> None:
    """Make everything, and leave the program's role no way to write the journal itself."""
    # The driver's own cursor: SQLAlchemy would read the files' percent signs as parameters.
    run = op.get_bind().connection.cursor().execute
    run((SQL / "functions.sql").read_text())
    run(
        "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}"
    )
    run(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO {APP}")
    run((SQL / "tables.sql").read_text())
    run((SQL / "journal.sql").read_text())
    run("INSERT INTO epoch DEFAULT VALUES")
    for table in UNTOUCHABLE:
        run(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM {APP}")
    run(f"GRANT SELECT ON alembic_version TO {APP}")
    for table in WATCHED:
        run(f"SELECT onemap_watch('{table}')")
