"""Pages are repaired, bounded and styled before they are mailed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.emails import page
from penstock.emails.nesting import MOST_FORMATTING, PageRefused

FRAME = re.compile(
    r'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>(.*)</body></html>', re.DOTALL
)


def body(html: str) -> str:
    """What became of a fragment."""
    found = FRAME.fullmatch(page.make(html).fill_html([]))
    assert found is not None
    return found[1]


def test_a_fragment_gets_a_frame_and_a_whole_page_keeps_its_own() -> None:
    assert body("<p>Hi</p>") == "<p>Hi</p>"
    whole = '<!doctype html>\n<html lang="sv"><body>Hej</body></html>'
    assert page.make(whole).fill_html([]) == whole


def test_styles_are_written_on_the_elements_and_media_rules_stay() -> None:
    styled = page.make(
        "<style>p, td.a { color: red } @media (max-width: 600px) { p { color: blue } }</style>"
        '<p>Hi</p><table><tr><td class="a">x</td></tr></table>'
    ).fill_html([])
    assert '<p style="color: red;">Hi</p>' in styled
    assert '<td class="a" style="color: red;">x</td>' in styled
    assert "@media (max-width: 600px)" in styled
    assert "td.a" not in styled


def test_no_style_sheet_is_fetched_from_anywhere(tmp_path) -> None:
    sheet = tmp_path / "a.css"
    sheet.write_text("p { color: red }")
    styled = page.make(
        f'<link rel="stylesheet" href="{sheet.as_uri()}"><style>@import url("{sheet.as_uri()}");'
        "b { top: 0 }</style><p>Hi</p>"
    ).fill_html([])
    assert "red" not in styled
    assert "<link" not in styled


def test_tags_that_are_tangled_or_left_open_are_nested() -> None:
    assert body("<b><i>x</b></i>") == "<b><i>x</i></b>"
    assert body("<div><span>x</div>y") == "<div><span>x</span></div>y"
    assert body("a</div>b</p>c") == "abc"
    assert body("<table><tr><td></table><div>x") == "<table><tr><td></table><div>x</div>"
    assert body("<table><tr><td></div>x</td></tr></table>") == (
        "<table><tr><td>x</td></tr></table>"
    )


def test_end_tags_that_may_be_left_out_may_be_left_out_many_times() -> None:
    for element in ("<p>x", "<ul><li>x" + "<li>x" * 500, "<table>" + "<tr><td>x" * 500):
        assert body(element * 3) == element * 3 + "</ul>" * 3 * ("<ul>" in element) + (
            "</table>" * 3 * ("<table>" in element)
        )


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ('<p onclick="x()" class="a">x</p>', '<p class="a">x</p>'),
        ('<a href="javascript:x()">x</a>', "<a>x</a>"),
        ('<a href=" java\tscript:x()">x</a>', "<a>x</a>"),
        ('<a href="java&#115;cript:x()">x</a>', "<a>x</a>"),
        ('<img src="data:text/html,x"><img src="data:image/png;base64,x">',
         '<img><img src="data:image/png;base64,x">'),
        ('<a href="https://x.test/?a=1&amp;b=2">x</a>',
         '<a href="https://x.test/?a=1&amp;b=2">x</a>'),
        ("<a href='mailto:a@x.test'>x</a>", '<a href="mailto:a@x.test">x</a>'),
        ('<base href="https://evil.test/"><p>x</p>', "<p>x</p>"),
        ('<meta http-equiv="refresh" content="0"><p>x</p>', '<meta content="0"><p>x</p>'),
        ("<!-- secret --><p>x</p>", "<p>x</p>"),
        ("<p>1 < 2</p>", "<p>1 &lt; 2</p>"),
        ('<p title="a<b>c">x</p>', '<p title="a&lt;b&gt;c">x</p>'),
        ("<p title=a\"b class='c'>x</p>", '<p title="a&quot;b" class="c">x</p>'),
    ],
)  # fmt: skip
def test_what_runs_is_left_out_and_the_rest_is_kept(html: str, kept: str) -> None:
    assert body(html) == kept


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert('</p>')</script>",
        "<SCRIPT src=x></script >",
        "<iframe src=x><p>y</iframe>",
        "<svg><g><script>x</script></g></svg>",
        "<object><object></object><p>y</p></object>",
        "<select><option>y</select>",
        "<textarea><p>y</textarea>",
        "<embed src=y>",
        "<script>never closed",
    ],
)
def test_elements_that_no_mail_program_runs_are_left_out_with_their_content(html: str) -> None:
    made = page.make(f"a\n{html}")
    assert made.left_out[0][1] == 2
    assert made.text == ("a",)
    found = FRAME.fullmatch(made.fill_html([]))
    assert found is not None
    assert found[1] == "a\n"


def test_outlook_keeps_its_conditional_comments() -> None:
    outlook = (
        "<!--[if mso]><table><tr><td><![endif]--><p>x</p>"
        "<!--[if mso]></td></tr></table><![endif]-->"
    )
    assert body(outlook) == outlook


def test_values_are_escaped_wherever_they_land() -> None:
    slot = "\ufdd0{}\ufdd1".format
    made = page.make(
        f'<p title={slot(0)} style="color:{slot(1)}">{slot(2)}</p>'
        f"<{slot(3)}><p {slot(3)}=x><style>p{{top:{slot(3)}}}</style>"
    )
    html = made.fill_html(["a b='c", '"><script>', "<b>&", "x onload=y"])
    assert "<script" not in html
    assert 'title="a b=&#x27;c"' in html
    assert "&quot;&gt;&lt;script&gt;" in html
    assert "&lt;b&gt;&amp;" in html
    assert "<x" not in html
    assert "<p x" not in html


def test_a_value_that_begins_an_address_may_not_run() -> None:
    made = page.make('<a href="\ufdd00\ufdd1">x</a> \ufdd01\ufdd1')
    assert 'href="#"' in made.fill_html(["javascript:x()", "javascript:x()"])
    assert 'href="#"' in made.fill_html([" JaVa\nScript:x()", ""])
    assert 'href="https://x.test"' in made.fill_html(["https://x.test", ""])
    assert made.fill_text(["javascript:x()", "javascript:y"]) == "x (#) javascript:y"


def test_slots_that_nobody_gave_out_are_empty() -> None:
    made = page.make("<style>b{top:0}</style><p>&#xFDD0;7&#xFDD1;</p>")
    assert "<p></p>" in made.fill_html(["x"])


def test_the_preheader_comes_before_the_first_content_and_is_hidden() -> None:
    for html in (
        "<p>Hi</p>",
        "<style>p{top:0}</style><p>Hi</p>",
        "<html><head><title>T</title></head><body class=x><p>Hi</p></body></html>",
        "<html><head></head><p>Hi</p></html>",
        "Hi<p>Hi</p>",
    ):
        made = page.make(html, 0)
        filled = made.fill_html(["Look & see"])
        assert filled.count("Look &amp; see") == 1
        assert filled.find("<body") < filled.index("display:none") < filled.index("Hi")
        assert made.text[0].startswith("Hi")


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<div>" * 20_000, "nested too deeply"),
        ("<b>x" * 20, "nested too deeply"),
        ("<p>x</p>" * 6_000, "more than 5000 elements"),
        ("<style>" + "".join(f"p{{a{i}:1}}" for i in range(2_000)) + "</style>" + "<p>x" * 4_000,
         "too many styles"),
        ("<style>" + "p," * 40_000 + "p{a:b}</style>" + "<p>x" * 4_000, "too many styles"),
        ("<style>" + "p{a:b}" * 20_000 + "</style><p>x", "the styles are longer"),
    ],
)  # fmt: skip
def test_a_page_that_is_too_much_is_refused(html: str, reason: str) -> None:
    with pytest.raises(PageRefused, match=reason):
        page.make(html)


@pytest.mark.parametrize(
    "html",
    ["<!--" * 50_000, "<a " * 60_000, '<a b="' * 40_000, "</" * 100_000, "<![" * 60_000,
     "<style>" * 30_000, "<!doctype>x" * 20_000, "<embed>" * 30_000, "<br>" * 60_000,
     "<a" + " =" * 100_000, "<p>" + " " * 200_000, "<" * 200_000],
)  # fmt: skip
def test_broken_pages_are_read_once_from_end_to_end(html: str) -> None:
    """Were anything read twice for each of its pieces, this would take minutes."""
    try:
        made = page.make(html)
    except PageRefused:
        return
    assert len(made.fill_html([])) < 10 * len(html)


def test_formatting_that_spreads_over_many_blocks_does_not_blow_up_the_page() -> None:
    bold = "".join(f"<b a{i}>" for i in range(MOST_FORMATTING - 1))
    tangled = "<style>p{top:0}</style><table>" + bold + "<tr></tr>x" * 2_000
    assert len(page.make(tangled).fill_html([])) < 1_000_000


@given(st.text(alphabet="<>/!-=\"' abpdivtlescry&#;\n", max_size=300))
def test_whatever_is_written_comes_out_nested_and_without_scripts(html: str) -> None:
    made = page.make(html).fill_html([])
    assert "<script" not in made
    assert made.count("<div") == made.count("</div>")
    assert page.make(made).fill_html([]) == made
