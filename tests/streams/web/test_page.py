"""The page in a real browser: what it shows, what it does, and that nothing in the data can run."""

import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest

from streams.web.files import static_files

TITLE = "Pandian 盘点 · live inventory"
SCRIPTS = sorted(name for name in static_files() if name.endswith(".js"))


class Elements(HTMLParser):
    """Every element with its attributes, and all text, of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


def text_of(name: str) -> str:
    return static_files()[name].body.decode()


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_never_turn_text_into_markup_or_code(name: str) -> None:
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|setHTML|DOMParser|createContextualFragment|srcdoc"
        r"|document\.write|\beval\b|new Function|\bimport\(|javascript:|\.style\b|cssText"
    )
    assert not re.search(forbidden, text_of(name))
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text_of(name))


def test_nothing_is_inline_or_from_elsewhere() -> None:
    page = Elements(text_of("index.html"))
    for tag, attributes in page.found:
        assert tag != "style"
        assert tag != "script" or attributes.get("src", "").startswith("static/")
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href"):
            assert "//" not in attributes.get(name, ""), attributes
    for name in static_files():
        if name.endswith(".css"):
            assert not re.search(r"url\(|@import", text_of(name))


def test_every_file_that_is_asked_for_exists_and_is_short() -> None:
    wanted = set(re.findall(r'static/([\w.]+)"', text_of("index.html")))
    for name in SCRIPTS:
        wanted |= set(re.findall(r'from "\./([\w.]+)"', text_of(name)))
    assert wanted == set(static_files()) - {"index.html"}
    for path in files("streams.web").joinpath("static").iterdir():
        assert len(path.read_text(encoding="utf-8").splitlines()) < 400, path


async def test_hostile_values_are_shown_as_text_and_run_nothing(browser, serve, hostile_source) -> None:
    server = await serve(hostile_source)
    hostile = hostile_source.content["assets"][0]
    link = "#" + "".join(f"%{byte:02x}" for byte in hostile["asset"].encode())
    page = Elements(await browser.dump(str(server.make_url("/")) + link))

    assert page.text.splitlines().count(TITLE) == 1
    assert [attributes.get("src") for tag, attributes in page.found if tag == "script"] == ["static/app.js"]
    assert {attributes.get("src") for tag, attributes in page.found if tag == "img"} == {"static/seal.svg"}
    assert not [
        a
        for _, attributes in page.found
        for a in attributes
        if a.startswith("on") or a in ("style", "srcdoc")
    ]
    assert not {tag for tag, _ in page.found} & {"iframe", "object", "embed", "style", "base"}
    links = {attributes.get("href") for tag, attributes in page.found if tag == "a"}
    assert links == {"#assets", "v1/inventory", "metrics", "openapi.json"}

    lines = page.text.splitlines()
    assert hostile["asset"] in lines
    for field in hostile["fields"][:4]:
        assert field["field"] in lines
        assert str(field["min"]) in lines
    assert "rtl \\u202egnp.exe" in lines and "\u202e" not in page.text
    assert {"(empty)", "__proto__", "536365", "订单/店铺.一 %2F?#", "empty.topic", "shop.orders"} <= set(
        lines
    )


async def test_the_figures_are_shown(browser, serve, source) -> None:
    server = await serve(source)
    page = Elements(await browser.dump(str(server.make_url("/"))))
    lines = page.text.splitlines()
    assert {
        "320,705",
        "327,839",
        "shop.customers",
        "152K",
        "120",
        "127.0.0.1:9092",
        "embedded",
        "live",
    } <= set(lines)
    assert {"order id", "user id", "item name", "类目", "category"} <= set(lines)
    assert "≈ 16.5K" in lines, "an estimate is marked"
    assert "3,774" in lines, "an exact count is not"
    assert lines.count("personal · masked") == 4
    labels = [attributes.get("aria-label") or "" for tag, attributes in page.found if tag == "svg"]
    assert sum(label.startswith("histogram of ") for label in labels) == 6
    assert any(label.startswith("missing 28") for label in labels)
    told = [round(asset["missing_share"] * 100, 1) for asset in source.content["assets"]]
    assert told == [3.5, 5.1, 3.5]
    for share in told:
        assert f"{share:g} %" in lines, "the page and the terminal show one figure"


FIELDS = "[...document.querySelectorAll('.asset .fieldname')].map((node) => node.textContent)"
ASSETS = "[...document.querySelectorAll('.assetname')].map((node) => node.textContent)"


def entering(element: str, value: str, event: str) -> str:
    return (
        f"document.getElementById('{element}').value = '{value}';"
        f"document.getElementById('{element}').dispatchEvent(new Event('{event}'))"
    )


async def test_fields_open_filter_and_sort(browser, serve, source) -> None:
    server = await serve(source)
    async with browser.page(str(server.make_url("/"))) as page:
        await page.until("document.querySelectorAll('.field').length === 24")
        await page.run("document.querySelector('.expand').click()")
        assert "name means an invoice" in await page.run("document.querySelector('.detail').textContent")
        assert await page.run("document.querySelector('.expand').getAttribute('aria-expanded')") == "true"

        await page.run(entering("search", "price", "input"))
        assert await page.run(FIELDS) == ["UnitPrice", "price"]
        await page.run(entering("search", "SENSITIVE", "input"))
        assert "Nothing matches" in await page.run("document.getElementById('nothing').textContent")
        await page.run(entering("search", "", "input"))

        await page.run(entering("sort", "missing", "change"))
        assets = sorted(source.content["assets"], key=lambda asset: asset["missing_share"], reverse=True)
        assert await page.run(ASSETS) == [asset["asset"] for asset in assets]
        assert (await page.run(FIELDS))[0] == "profile.phone"
        await page.run(entering("sort", "name", "change"))
        assert await page.run(ASSETS) == ["shop.catalogue", "shop.customers", "shop.orders"]

        await page.run("document.querySelector('.toggle').click()")
        assert await page.run("location.hash") == ""
        await page.run("document.querySelector('.toggle').click()")
        assert await page.run("location.hash") == "#shop.catalogue"
        assert not page.problems


#: Coming back to the page makes it ask at once instead of at the next turn.
NUDGE = "document.dispatchEvent(new Event('visibilitychange'))"


async def test_it_refreshes_itself_and_says_when_the_worker_is_away(browser, serve, source) -> None:
    server = await serve(source)
    async with browser.page(str(server.make_url("/"))) as page:
        await page.until("document.querySelectorAll('.field').length === 24")
        await page.run("document.querySelector('.expand').focus()")
        first = source.content["assets"][0]
        first["records"] = 320999
        source.content["assets"].insert(0, first | {"asset": "new.one", "records": 1})
        source.number += 1
        await page.until("document.getElementById('totals').textContent.includes('328,134')")
        assert await page.run(ASSETS) == ["new.one", "shop.orders", "shop.customers", "shop.catalogue"]
        assert await page.run("document.activeElement.className") == "expand", "an update keeps the focus"

        port = server.port
        await server.close()
        await page.run(NUDGE)
        await page.until("!document.getElementById('away').hidden")
        said = await page.run("document.getElementById('away').textContent")
        assert re.match(
            r"The worker is away since \d\d:\d\d:\d\d \(\d+ m?s\): it cannot be reached\.", said
        ), said
        assert await page.run("document.getElementById('totals').textContent.includes('328,134')")

        source.ready = (False, "joining the consumer group")
        await serve(source, port=port)
        await page.run(NUDGE)
        await page.until("document.getElementById('pulse').textContent === 'starting'")
        assert "joining the consumer group" in await page.run("document.getElementById('away').textContent")
        source.ready = (True, "")
        await page.run(NUDGE)
        await page.until("document.getElementById('away').hidden")
        assert await page.run("document.getElementById('pulse').textContent") == "live"
        assert not [problem for problem in page.problems if "ERR_CONNECTION" not in problem]
