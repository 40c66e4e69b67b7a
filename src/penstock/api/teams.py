"""Teams of owners: `/api/teams`."""

from typing import Any, Final

from penstock.api.call import Call, ThisCall
from penstock.api.identifying import number
from penstock.api.owners_shapes import TeamChange, TeamInput, TeamList, TeamShape
from penstock.api.owners_wire import team_shape
from penstock.api.routing import Router
from penstock.records import teams

router = Router("teams", "Owners")

_ALL: Final = "/api/teams"
_ONE: Final = _ALL + "/{team_id}"

_READ: Final = "settings.users.teams.read"
_WRITE: Final = "settings.users.write"


@router.get(_ALL, model=TeamList)
async def list_teams(call: ThisCall) -> dict[str, Any]:
    """All teams."""
    call.require(_READ)
    return {"results": [team_shape(team) for team in await teams.read(call.conn)]}


@router.post(_ALL, model=TeamShape, status=201)
async def create(call: ThisCall, body: TeamInput) -> dict[str, Any]:
    """Make a team; whoever joins it as a primary member leaves their primary team."""
    call.require(_WRITE)
    made = await teams.create_one(
        call.conn,
        body.name,
        call.now,
        members=body.member_ids or (),
        secondary_members=body.secondary_member_ids or (),
    )
    await _audit(call, "teams_create", made.id)
    return team_shape(made)


@router.get(_ONE, model=TeamShape)
async def read_one(call: ThisCall, team_id: str) -> dict[str, Any]:
    """A team."""
    call.require(_READ)
    return team_shape(await teams.read_one(call.conn, number(team_id)))


@router.patch(_ONE, model=TeamShape)
async def update(call: ThisCall, team_id: str, body: TeamChange) -> dict[str, Any]:
    """Change a team; a list of members replaces the present one."""
    call.require(_WRITE)
    id = number(team_id)
    changed = await teams.update_one(
        call.conn,
        id,
        name=body.name,
        members=body.member_ids,
        secondary_members=body.secondary_member_ids,
    )
    await _audit(call, "teams_update", id)
    return team_shape(changed)


@router.delete(_ONE)
async def delete(call: ThisCall, team_id: str) -> None:
    """Delete a team; its members stay owners."""
    call.require(_WRITE)
    id = number(team_id)
    await teams.delete_one(call.conn, id)
    await _audit(call, "teams_delete", id)


async def _audit(call: Call, operation: str, id: int) -> None:
    await call.audit(operation, "teams", {"ids": [str(id)]})
