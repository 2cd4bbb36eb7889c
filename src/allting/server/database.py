"""The database before the first request: does it answer, who wrote it, and is it up to date?"""

from __future__ import annotations

import contextlib
import io

from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

from allting.server.errors import DatabaseUnusable


def migrate() -> int:
    """Bring the database up to date and return how many migrations that took. Raises DatabaseUnusable."""
    count = count_waiting_migrations()
    if count:
        # Django reports to standard output, some of it past `stdout=`; the operator gets one line from us.
        with contextlib.redirect_stdout(io.StringIO()):
            call_command("migrate", verbosity=0, interactive=False)
    return count


def count_waiting_migrations() -> int:
    """Return how many migrations this database lacks. Raises DatabaseUnusable."""
    try:
        connection.ensure_connection()
        loader = MigrationLoader(connection)
        _refuse_newer(loader)
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError as error:
        raise DatabaseUnusable(_say(error)) from error


def _refuse_newer(loader: MigrationLoader) -> None:
    """A migration that this code does not know was written by a newer version; its tables are not ours to touch."""
    unknown = sorted(
        f"{app}.{name}" for app, name in loader.applied_migrations if (app, name) not in loader.disk_migrations
    )
    # A squashed migration counts under the names of those it replaces, too.
    replaced = {f"{app}.{name}" for migration in loader.disk_migrations.values() for app, name in migration.replaces}
    if unknown := [name for name in unknown if name not in replaced]:
        raise DatabaseUnusable(
            f"The data was written by a newer version of Allting (this one does not know {unknown[0]}); "
            "install that version, or restore a backup from before the upgrade."
        )


def _say(error: DatabaseError) -> str:
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"The database file {settings['NAME']} cannot be used ({error}); restore a backup of it."
    where = f"{settings['HOST'] or 'this machine'}{':' + settings['PORT'] if settings['PORT'] else ''}"
    # The driver's own lines repeat the connection, sometimes with more than belongs into a log: the first will do.
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    return f"PostgreSQL on {where} does not answer ({reason}); see that it runs and that DATABASE_URL is right."
