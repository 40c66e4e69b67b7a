"""Steps create notes."""

from tests.story import Story, all_of, any_of, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


async def test_a_note_is_created_beside_the_record_with_its_tokens(story: Story) -> None:
    fields = {"note_body": "<p>Met {{ enrolled_object.firstname }}</p>"}
    flow = await story.workflow(when(LEADS), [step("1", "0-169425243", fields)])
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", firstname="Ada")
    await story.rest()
    (note,) = await story.query("SELECT id, properties FROM records WHERE type = '0-46'")
    assert note.properties["hs_note_body"] == "<p>Met Ada</p>"
    edges = await story.query("SELECT from_id, type_id, to_id FROM associations")
    assert {tuple(edge) for edge in edges} == {(note.id, 202, ada), (ada, 201, note.id)}
    assert await story.verify() == []
