"""The people of the team whom steps name: by their user ids, their teams, or as owners."""

from collections.abc import Collection, Sequence

from penstock.kernel.db import Connection
from penstock.records import owners, teams
from penstock.records.owners import Owner


async def find(
    conn: Connection, *, users: Collection[int], team_ids: Collection[int], ids: Collection[int]
) -> Sequence[Owner]:
    """The live owners with these user ids, in these teams or with these ids, each once, by id."""
    wanted = set(ids)
    if team_ids:
        for team in await teams.read(conn, team_ids):
            wanted |= {*team.members, *team.secondary_members}
    found: dict[int, Owner] = {}
    if wanted:
        rows = await owners.page(conn, ids=wanted, limit=len(wanted))
        found |= {owner.id: owner for owner in rows}
    if users:
        rows = await owners.page(conn, user_ids=users, limit=len(users))
        found |= {owner.id: owner for owner in rows}
    return [found[id] for id in sorted(found)]
