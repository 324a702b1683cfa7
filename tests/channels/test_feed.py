"""Feeds as anybody may write them: what is read of good ones, and that no bad one does anything but tell nothing."""

from __future__ import annotations

import random
import tracemalloc

import httpx
import pytest

from console.channels.live import feed
from console.channels.live.feed import Entry, NotAFeed, parse, plain, unescaped, when
from console.channels.live.web import Answer

NIGHT = 1_563_575_400_000  # Friday 19 July 2019, 22:30 UTC

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/">
  <channel>
    <title>Example Police</title><link>https://news.example/</link><description>All news</description>
    <atom:link href="https://news.example/rss" rel="self"/>
    <image><title>A logo</title><link>https://news.example/logo</link></image>
    <item>
      <media:title>not this one</media:title>
      <title>First &amp;amp; last &lt;b&gt;words&lt;/b&gt;</title>
      <link> https://news.example/pressreleases/first-1 </link>
      <guid isPermaLink="false">1</guid>
      <description><![CDATA[<p>Some &amp; more</p>]]></description>
      <pubDate>Fri, 19 Jul 2019 23:30:00 +0100</pubDate>
    </item>
    <item>
      <guid>https://news.example/news/second-2</guid>
      <content:encoded>&lt;p&gt;Body&lt;/p&gt;</content:encoded>
      <dc:date>2019-07-19T22:30:00Z</dc:date>
    </item>
    <language>en</language>
  </channel>
</rss>"""

ATOM = """<feed xmlns="http://www.w3.org/2005/Atom">
  <title>Example Police</title><link rel="self" href="https://a.example/self"/><link href="https://a.example/"/>
  <entry>
    <id>tag:a.example,2019:1</id><title type="html">One</title>
    <link rel="enclosure" href="https://a.example/picture"/><link rel="alternate" href="https://a.example/1"/>
    <published>2019-07-19T22:30:00.000Z</published><updated>2026-01-01T00:00:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><title>no</title><p>Words <b>here</b></p></div></content>
  </entry>
  <entry><title>Two</title><updated>2019-07-19T22:30:00Z</updated></entry>
</feed>"""

RDF = """<?xml version="1.0" encoding="ISO-8859-1"?>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
         xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel><title>Exempel\xe5</title></channel>
  <item><title>Ett</title><link>https://news.example/1</link><dc:date>2019-07-19T22:30:00Z</dc:date></item>
</rdf:RDF>""".encode("latin-1")


def in_rss(inside, head='<?xml version="1.0"?>'):
    return f"{head}<rss><channel><title>t</title>{inside}</channel></rss>".encode()


def test_an_rss_feed_is_read():
    found = parse(RSS.encode())
    assert (found.title, found.link, found.words) == ("Example Police", "https://news.example/", "All news")
    assert found.entries == (
        Entry(
            id="1",
            title="First & last words",
            link="https://news.example/pressreleases/first-1",
            words="Some & more",
            published=NIGHT,
        ),
        Entry(
            id="https://news.example/news/second-2",
            link="https://news.example/news/second-2",
            words="Body",
            published=NIGHT,
        ),
    )


def test_an_atom_feed_is_read():
    found = parse(ATOM.encode())
    assert (found.title, found.link) == ("Example Police", "https://a.example/")
    first, second = found.entries
    assert first == Entry(
        id="tag:a.example,2019:1",
        title="One",
        link="https://a.example/1",
        words="no Words here",
        published=NIGHT,
    )
    assert second == Entry(title="Two", published=NIGHT)


def test_an_rdf_feed_in_another_encoding_is_read():
    found = parse(RDF)
    assert found.title == "Exempelå"
    assert found.entries == (Entry(title="Ett", link="https://news.example/1", published=NIGHT),)


@pytest.mark.parametrize("mark", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_says_the_encoding(mark):
    assert parse(ATOM.encode(mark)).entries[0].title == "One"


def test_a_feed_without_entries_is_a_feed():
    assert parse(in_rss("")).entries == ()


LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "head",
    [
        LAUGHS + "]>",
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]>',
        '<!DOCTYPE rss SYSTEM "http://127.0.0.1/rss.dtd">',
        '<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://example.org/rss-0.91.dtd">',
        f'<!DOCTYPE rss [<!ENTITY a "{"a" * 100_000}">]>',
        "<!DOCTYPE rss>",
    ],
)
def test_a_document_type_is_refused_whatever_it_declares(head):
    with pytest.raises(NotAFeed, match="document type"):
        parse(in_rss("<item><title>&i;&x;&a;</title></item>", f'<?xml version="1.0"?>{head}'))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b" ",
        b"\x00\xff\x1b]52;c;aGk=\x07{{{{",
        b"<html><body>Service unavailable</body></html>",
        b'{"items":[]}',
        b"<rss><channel>",
        b"<rss></channel></rss>",
        b"<channel><title>no root</title></channel>",
        b"<feed><entry/></feed>",  # of no namespace
        in_rss("<item><title>&nbsp;</title></item>"),
        in_rss("<item><title>a & b</title></item>"),
        in_rss("<item><x:title>t</x:title></item>"),
        b'<?xml version="1.0" encoding="utf-7"?><rss/>',
        b'<?xml version="1.0" encoding="unicode_escape"?><rss/>',
        b'<?xml version="1.0" encoding="zlib"?><rss/>',
        b"\xff\xfe<\x00r\x00s\x00s\x00>",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_feed_is_said_to_be_none(raw):
    with pytest.raises(NotAFeed):
        parse(raw)


@pytest.mark.parametrize(
    "raw",
    [
        in_rss("<item><title>" + "x" * (10 * 1024 * 1024) + "</title></item>"),
        in_rss("<a>" * 5_000 + "</a>" * 5_000),
        in_rss("<a/>" * 60_000),
        in_rss("<item/>" * 1_001),
    ],
)
def test_a_feed_too_large_to_be_one_is_refused_at_a_bounded_cost(raw):
    tracemalloc.start()
    with pytest.raises(NotAFeed):
        parse(raw)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 80 * 1024 * 1024


def test_a_long_text_is_cut():
    found = parse(in_rss(f"<item><title>{'y' * 1_000_000}</title><link>{'z' * 30_000}</link></item>"))
    assert len(found.entries[0].title) == len(found.entries[0].link) == feed.LONGEST_TEXT


def test_a_planted_control_character_does_not_make_the_feed_unreadable():
    raw = in_rss(
        "<item><title>A\x1b[2J\x00B&#27;C&#x1b;D&#0;E&#xFFFFFFFFFF;F&#xd800;G\ufffe</title></item><item/>"
    )
    title = parse(raw).entries[0].title
    assert title == "A\ufffd[2J\ufffdB\ufffdC\ufffdD\ufffdE\ufffdF\ufffdG\ufffd"
    assert len(parse(raw).entries) == 2


def test_bytes_that_are_no_letters_do_not_either():
    raw = in_rss("<item><title>AxB</title></item>").replace(b"AxB", b"A\xffB")
    assert parse(raw).entries[0].title == "A\ufffdB"


def test_the_first_of_a_name_counts_and_nothing_nested_is_an_entry():
    found = parse(
        in_rss(
            "<item><title>mine</title><title>other</title>"
            "<channel><item><title>inner</title></item></channel><link>https://x.example/1</link></item>"
        )
    )
    assert found.entries == (Entry(title="mine", link="https://x.example/1"),)


@pytest.mark.parametrize(
    ("said", "ms"),
    [
        ("Fri, 19 Jul 2019 22:30:00 GMT", NIGHT),
        ("Fri, 19 Jul 2019 23:30:00 +0100", NIGHT),
        ("Fri, 19 Jul 2019 22:30:00", NIGHT),
        ("2019-07-19T22:30:00Z", NIGHT),
        ("2019-07-19T23:30:00+01:00", NIGHT),
        ("2019-07-19 22:30:00", NIGHT),
        (" 2019-07-19T22:30:00.000Z\n", NIGHT),
        ("", 0),
        ("yesterday", 0),
        ("Fri, 32 Jul 2019 22:30:00 GMT", 0),
        ("Fri, 19 Jul 99999999999 22:30:00 GMT", 0),
        ("Fri, 19 Jul 2019 22:30:00 +9999999999", 0),
        ("9999-12-31T23:59:59-23:59", 0),
        ("0001-01-01T00:00:00+23:59", 0),
        ("1969-12-31T23:59:59Z", 0),
        ("2019-07-19T22:30:00Z" * 100, 0),
        ("\x00" * 10, 0),
        ("२०१९-०७-१९", 0),
    ],
)
def test_a_date_is_read_or_is_none(said, ms):
    assert when(said) == ms


def test_an_entry_without_a_readable_date_is_still_an_entry():
    (entry,) = parse(in_rss("<item><title>t</title><pubDate>never</pubDate></item>")).entries
    assert (entry.title, entry.published) == ("t", 0)


def test_markup_becomes_one_line_of_text():
    assert plain("<p>One <b>two</b>\n&amp; &quot;three&#39;</p>") == "One two & \"three'"
    assert unescaped("&#" + "9" * 10_000 + ";x") == "\ufffdx"
    assert plain("<" * 200_000) == "<" * 200_000


def test_an_answer_holds_a_feed_only_where_it_is_one():
    assert feed.of(Answer(httpx.Response(200, content=in_rss("")))) is not None
    assert feed.of(Answer(httpx.Response(404, content=in_rss("")))) is None
    assert feed.of(Answer(httpx.Response(200, content=b"<html/>"))) is None


@pytest.mark.parametrize("seed", range(300))
def test_a_damaged_feed_is_read_or_is_none_and_nothing_else(seed):
    chance = random.Random(seed)
    raw = bytearray(chance.choice([RSS.encode(), ATOM.encode(), RDF]))
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(raw))
        raw[at : at + chance.randint(0, 9)] = chance.choice(
            [b"", b"\x00", b"<", b">", b"&", b"]]>", b"<item>", b"<!DOCTYPE x>", b"\xff", b"&#27;", b"x" * 99]
        )
    try:
        found = parse(bytes(raw))
    except NotAFeed:
        return
    assert all(isinstance(each, Entry) and each.published >= 0 for each in found.entries)
