"""Texts are made of values, for later steps."""

from tests.story import Story, all_of, any_of, set_property, step, when

LEADS = all_of(any_of("lifecyclestage", "lead"))


async def test_a_formatted_text_is_an_output_for_later_steps(story: Story) -> None:
    template = "{{ enrolled_object.city|trim|upper }}: {{ enrolled_object.firstname|title }}"
    made = {"type": "FIELD_DATA", "actionId": "1", "dataKey": "formatted_value"}
    flow = await story.workflow(
        when(LEADS),
        [step("1", "0-33", {"template": template}), set_property("2", "jobtitle", made)],
    )
    await story.turn_on(flow)
    ada = await story.contact(lifecyclestage="lead", city="Lund", firstname="ada maria")
    bo = await story.contact(lifecyclestage="lead")
    await story.rest()
    assert (await story.record("contacts", ada)).properties["jobtitle"] == "LUND: Ada Maria"
    assert (await story.record("contacts", bo)).properties["jobtitle"] == ": "
