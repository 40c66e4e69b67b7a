"""The text version of a page."""

import pytest

from penstock.emails import page


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<h1>Hi</h1><p>One\n  two</p>\n<p>three<br>four</p>", "Hi\n\nOne two\n\nthree\nfour"),
        ("<ul><li>a</li><li>b</ul>c", "- a\n- b\n\nc"),
        ("<div><div>a</div><div>b</div></div>", "a\nb"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</table>", "a b\nc"),
        ("<a href='https://x.test/'>Look</a>", "Look (https://x.test/)"),
        ("<a href='https://x.test/'>https://x.test/</a>", "https://x.test/"),
        ("<a href='mailto:a@x.test'>a@x.test</a>", "a@x.test"),
        ("<a href='#top'>Top</a>", "Top"),
        (
            "<a href='https://x.test/'><img src=a.png alt='Our shop'></a>",
            "Our shop (https://x.test/)",
        ),
        ("<a href='https://x.test/'><img src=a.png></a>", "https://x.test/"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("caf&eacute; &amp;&nbsp;tea &lt;3", "café & tea <3"),
        ("<title>T</title><style>p{top:0}</style>a", "a"),
        ("a<br><br><br><br>b", "a\n\nb"),
        ("<p></p><p> </p>a", "a"),
    ],
)
def test_a_page_is_told_in_plain_text(html: str, text: str) -> None:
    assert page.make(html).fill_text([]) == text
