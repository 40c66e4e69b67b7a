"""`penstock schema`: what records look like."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from penstock.cli.frame import Data, Json, run
from penstock.cli.output import as_json, as_table, listing
from penstock.kernel.texts import Text

if TYPE_CHECKING:
    from penstock.bootstrap.installation import Installation
    from penstock.records.schema import Edge, Schema, TypeSchema

group = typer.Typer(name="schema", help="Object types and what they have.", no_args_is_help=True)


@group.command("list")
def list_types(data: Data = None, json: Json = False) -> None:
    """List the object types."""
    shapes = [
        {
            "id": type.id,
            "name": type.name,
            "plural": type.plural,
            "label": type.label,
            "custom": type.custom,
            "properties": len(type.properties),
            "pipelines": len(type.pipelines),
        }
        for type in run(data, _schema).types.values()
    ]
    columns = {
        "id": Text("Id"),
        "name": Text("Name"),
        "plural": Text("Plural"),
        "label": Text("Label"),
        "custom": Text("Custom"),
        "properties": Text("Properties"),
        "pipelines": Text("Pipelines"),
    }
    listing(shapes, columns, Text("There are no object types."), json=json)


@group.command()
def show(
    type: Annotated[str, typer.Argument(help="An object type's id, name or plural.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Show an object type: its properties, pipelines and association types."""
    schema = run(data, _schema)
    found = schema.type(type)
    edges = [edge for edge in schema.edges.values() if edge.from_type == found.id]
    if json:
        as_json(_shape(found, edges))
        return
    as_table(
        [Text("Property"), Text("Label"), Text("Type"), Text("Group"), Text("Options")],
        [_property(prop) for prop in found.properties.values()],
        Text("It has no properties."),
    )
    as_table(
        [Text("Pipeline"), Text("Stage"), Text("Label")],
        [
            [pipeline.id, stage.id, stage.label]
            for pipeline in found.pipelines.values()
            for stage in pipeline.stages
        ],
        Text("It has no pipelines."),
    )
    as_table(
        [Text("Association type"), Text("To"), Text("Name"), Text("Label"), Text("Category")],
        [
            [edge.id, _name(schema, edge.to_type), edge.name, edge.label, edge.category]
            for edge in edges
        ],
        Text("It has no association types."),
    )


async def _schema(at: "Installation") -> "Schema":
    async with at.database.reading() as conn:
        return await at.schemas.current(conn)


def _property(prop: Any) -> list[str]:
    options = ", ".join(option.value for option in prop.options[:8])
    more = " …" if len(prop.options) > 8 else ""
    return [prop.name, prop.label, prop.type, prop.group, options + more]


def _name(schema: "Schema", id: str) -> str:
    return schema.types[id].name if id in schema.types else id


def _shape(type: "TypeSchema", edges: "list[Edge]") -> dict[str, Any]:
    return {
        "id": type.id,
        "name": type.name,
        "plural": type.plural,
        "label": type.label,
        "custom": type.custom,
        "properties": [
            {
                "name": prop.name,
                "label": prop.label,
                "type": prop.type,
                "fieldType": prop.field_type,
                "groupName": prop.group,
                "hasUniqueValue": prop.unique,
                "readOnly": prop.read_only,
                "options": [
                    {"value": option.value, "label": option.label} for option in prop.options
                ],
            }
            for prop in type.properties.values()
        ],
        "pipelines": [
            {
                "id": pipeline.id,
                "label": pipeline.label,
                "stages": [asdict(stage) for stage in pipeline.stages],
            }
            for pipeline in type.pipelines.values()
        ],
        "associationTypes": [
            {
                "id": edge.id,
                "category": edge.category,
                "toObjectTypeId": edge.to_type,
                "name": edge.name,
                "label": edge.label,
            }
            for edge in edges
        ],
    }
