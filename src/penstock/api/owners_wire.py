"""Owners and teams as they go out."""

from typing import Any

from penstock.records.owners import Owner
from penstock.records.teams import Team
from penstock.records.values import instant_text


def shape(owner: Owner) -> dict[str, Any]:
    """An owner; one who is archived is no user any more."""
    shaped: dict[str, Any] = {
        "id": str(owner.id),
        "type": "PERSON",
        "email": owner.email,
        "firstName": owner.first_name,
        "lastName": owner.last_name,
        "userIdIncludingInactive": owner.user_id,
        "teams": [
            {"id": str(team.id), "name": team.name, "primary": team.primary} for team in owner.teams
        ],
        "archived": owner.archived_at is not None,
        "createdAt": instant_text(owner.created_at),
        "updatedAt": instant_text(owner.updated_at),
    }
    if owner.archived_at is None:
        shaped["userId"] = owner.user_id
    return shaped


def team_shape(team: Team) -> dict[str, Any]:
    return {
        "id": str(team.id),
        "name": team.name,
        "memberIds": [str(id) for id in team.members],
        "secondaryMemberIds": [str(id) for id in team.secondary_members],
        "createdAt": instant_text(team.created_at),
    }
