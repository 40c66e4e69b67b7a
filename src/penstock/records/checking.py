"""From what a client sent to canonical values: every problem of a record at once, none written."""

from collections.abc import Mapping
from typing import Any

from penstock.kernel.errors import Problem
from penstock.kernel.texts import Text
from penstock.records.errors import ValuesInvalid
from penstock.records.model import Pipeline
from penstock.records.schema import Schema, TypeSchema
from penstock.records.uniqueness import LONGEST_UNIQUE, value_text
from penstock.records.values import BadValue, Json


def check(
    schema: Schema, type: TypeSchema, raw: Mapping[str, Any], *, trusted: bool = False
) -> dict[str, Json | None]:
    """Canonical values; None clears. Raises ValuesInvalid with one problem per property.

    `trusted` callers (the engine, the demo) may write properties that are read-only to clients.
    """
    values: dict[str, Json | None] = {}
    problems: list[Problem] = []
    parsers = type.parsers
    for name, value in raw.items():
        parser = parsers.get(name)
        if parser is None:
            problems.append(_problem(name, "PROPERTY_DOESNT_EXIST", _unknown(name)))
            continue
        prop = type.properties[name]
        if prop.column is not None or (prop.read_only and not trusted):
            problems.append(_problem(name, "READ_ONLY_VALUE", _read_only(name)))
            continue
        if value is None or value == "":
            values[name] = None
            continue
        try:
            parsed = parser(value, prop)
            if prop.external_options and parsed is not None:
                _check_reference(schema, type, name, parsed)
            if prop.unique and parsed is not None:
                _check_length(parsed)
            values[name] = parsed
        except BadValue as bad:
            text = Text('"{name}" is not valid: {reason}', name=name, reason=bad.text)
            problems.append(_problem(name, bad.code, text))
    if problems:
        raise ValuesInvalid(problems=problems)
    return values


def _unknown(name: str) -> Text:
    return Text('Property "{name}" does not exist', name=name)


def _read_only(name: str) -> Text:
    return Text('"{name}" is a read-only property; its value cannot be set', name=name)


def _problem(name: str, code: str, text: Text) -> Problem:
    return Problem(text, where=name, code=code, context={"propertyName": [name]})


def _check_length(value: Json) -> None:
    # Beyond this the index of unique values cannot hold it.
    if len(value_text(value).encode()) > LONGEST_UNIQUE:
        text = Text(
            "it is longer than {limit} bytes and cannot identify a record", limit=LONGEST_UNIQUE
        )
        raise BadValue(text, "VALUE_TOO_LONG")


def _check_reference(schema: Schema, type: TypeSchema, name: str, value: Json) -> None:
    prop = type.properties[name]
    for item in value if isinstance(value, list) else [value]:
        if prop.referenced_object_type == "OWNER" and item not in schema.owner_ids:
            text = Text("there is no owner with the id {value}", value=item)
            raise BadValue(text, "INVALID_OWNER_ID")
        if type.staging and name == type.staging.pipeline and item not in type.pipelines:
            raise BadValue(
                Text(
                    'there is no pipeline "{value}"; there are: {known}',
                    value=item,
                    known=", ".join(type.pipelines),
                ),
                "INVALID_PIPELINE",
            )


def place(
    type: TypeSchema, values: dict[str, Json | None], current: Mapping[str, Json] | None
) -> None:
    """Fill in pipeline and stage of a new record, and refuse a stage of another pipeline.

    `current` holds the record's values so far, None for a new one. Raises ValuesInvalid.
    """
    staging = type.staging
    if staging is None or not type.pipelines:
        return
    if current is None:
        _fill_in(type, values)
    elif staging.stage not in values and staging.pipeline not in values:
        return
    before = current or {}
    pipeline_id = values.get(staging.pipeline, before.get(staging.pipeline))
    stage_id = values.get(staging.stage, before.get(staging.stage))
    pipeline = type.pipelines.get(str(pipeline_id))
    if pipeline is None or stage_id is None:
        return
    if all(stage.id != stage_id for stage in pipeline.stages):
        raise ValuesInvalid(problems=[_misplaced(staging.stage, str(stage_id), pipeline)])


def _fill_in(type: TypeSchema, values: dict[str, Json | None]) -> None:
    assert type.staging is not None
    pipeline, stage = type.staging.pipeline, type.staging.stage
    if values.get(pipeline) is None:
        # A stage that only one pipeline has tells the pipeline.
        places = type.stages.get(str(values.get(stage)), ())
        values[pipeline] = places[0][0] if len(places) == 1 else next(iter(type.pipelines))
    if values.get(stage) is None:
        stages = type.pipelines[str(values[pipeline])].stages
        values[stage] = stages[0].id if stages else None


def _misplaced(name: str, stage: str, pipeline: Pipeline) -> Problem:
    text = Text(
        '"{stage}" is not a stage of the pipeline "{pipeline}"; its stages are: {known}',
        stage=stage,
        pipeline=pipeline.id,
        known=", ".join(stage.id for stage in pipeline.stages),
    )
    return _problem(name, "INVALID_STAGE", text)


def stamps(
    type: TypeSchema, values: Mapping[str, Json | None], now_text: str
) -> dict[str, dict[str, Json | None]]:
    """What each property brings along if it really changes: moments, and the marks of its stage."""
    brought: dict[str, dict[str, Json | None]] = {}
    for name in type.stamped:
        if name not in values:
            continue
        key = f"{name}={values[name]}"
        targets = (*type.stamps.get(name, ()), *type.stamps.get(key, ()))
        if targets:
            brought[name] = dict.fromkeys(targets, now_text)
    if type.staging is not None and values.get(type.staging.stage) is not None:
        marks = _marks(type, values, now_text)
        stage = type.staging.stage
        brought[stage] = {**brought.get(stage, {}), **marks}
    return brought


def _marks(
    type: TypeSchema, values: Mapping[str, Json | None], now_text: str
) -> dict[str, Json | None]:
    staging = type.staging
    assert staging is not None
    places = type.stages.get(str(values[staging.stage]), ())
    pipeline = values.get(staging.pipeline)
    stage = next((stage for id, stage in places if id == pipeline or pipeline is None), None)
    if stage is None:
        return {}
    closed = "CLOSED" in (stage.metadata.get("ticketState"), stage.metadata.get("leadState")) or (
        stage.metadata.get("isClosed", "false") == "true"
    )
    probability = stage.metadata.get("probability")
    marks: dict[str, Json | None] = {}
    if staging.closed:
        marks[staging.closed] = closed
    if staging.won:
        marks[staging.won] = closed and probability in {"1", "1.0"}
    if staging.probability and probability is not None:
        marks[staging.probability] = _number(type, staging.probability, probability)
    if staging.entered:
        marks[staging.entered] = now_text
    if staging.closed_at and closed and values.get(staging.closed_at) is None:
        marks[staging.closed_at] = now_text
    return {name: value for name, value in marks.items() if name in type.properties}


def _number(type: TypeSchema, name: str, text: str) -> Json | None:
    try:
        return type.parsers[name](text, type.properties[name])
    except BadValue:
        return None
