"""The what-if page in a real browser: what a person does with it, and what the page then does."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from leadline.agreement.reading import load_agreement
from leadline.operations.whatif.session import Terms, open_session
from web.conftest import TOKEN, serving, sources_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from leadline.operations.whatif.answers import Answer
    from web.conftest import Served

AXE = Path(__file__).parent / "axe" / "axe.min.js"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 780}
DRAWN = """() => {
  const asked = new URLSearchParams(location.search);
  asked.delete("saved");
  return document.documentElement.dataset.query === asked.toString();
}"""
FIT_AND_ENGAGED = "mql.when.fit_and_engaged"


class Visit:
    """A person at the page: what they see and do, and what the browser had to say about it."""

    def __init__(self, page: Any, served: Served) -> None:
        self.page = page
        self.served = served
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))
        page.goto(served.entrance)
        self.settled()

    @property
    def changes(self) -> dict[str, str]:
        """The changes that the address carries."""
        return dict(parse_qsl(urlsplit(self.page.url).query, keep_blank_values=True))

    def settled(self) -> None:
        """Waits until the newest answer is drawn."""
        for _ in range(600):
            if self.page.evaluate(DRAWN):
                return
            self.page.wait_for_timeout(25)
        pytest.fail("the newest answer was never drawn")

    def answer(self) -> Answer:
        """What the engine says of the changes in the address."""
        trial = self.served.session.attempt(self.changes)
        assert trial.agreement is not None
        return self.served.session.answer(trial.agreement)

    def shows(self, answer: Answer) -> None:
        """The page says what the engine says."""
        tiles = self.page.locator(".tiles").inner_text()
        assert f"{100 * answer.after.precision.rate:.1f}%" in tiles
        assert f"{100 * answer.after.recall.rate:.1f}%" in tiles
        assert f"{answer.after.mqls:,} leads in all" in tiles
        if answer.changes:
            assert self.page.get_by_role("heading", name=f"Who enters {answer.entering.count:,}").is_visible()
            assert self.page.get_by_role("heading", name=f"Who leaves {answer.leaving.count:,}").is_visible()

    def slide(self, name: str, steps: int) -> None:
        """Moves a slider with the arrow keys."""
        slider = self.page.get_by_role("slider", name=name, exact=True)
        slider.focus()
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowRight" if steps > 0 else "ArrowLeft")
        self.settled()

    def type(self, name: str, text: str) -> None:
        """Types into a field and leaves it."""
        field = self.page.get_by_role("textbox", name=name, exact=True)
        field.fill(text)
        field.press("Tab")
        self.settled()


@contextmanager
def visiting(browser: Any, served: Served, **options: Any) -> Iterator[Visit]:
    """A visit without anything to complain about."""
    context = browser.new_context(viewport=DESKTOP, **options)
    context.set_default_timeout(15_000)
    try:
        visit = Visit(context.new_page(), served)
        yield visit
        assert visit.said == []
        assert [url for url in visit.asked if not url.startswith(f"{served.origin}/")] == []
    finally:
        context.close()


def test_a_moved_slider_changes_the_numbers_to_what_the_engine_says(browser: Any, served: Served) -> None:
    with visiting(browser, served) as visit:
        visit.shows(visit.answer())
        visit.slide("Fit and engaged: fit >=", -20)
        assert visit.changes == {FIT_AND_ENGAGED: "fit >= 30 AND engagement >= 60"}
        visit.slide("Fit and engaged: engagement >=", -15)
        assert visit.changes == {FIT_AND_ENGAGED: "fit >= 30 AND engagement >= 45"}
        answer = visit.answer()
        assert answer.entering.count > 10
        visit.shows(answer)
        said = "fit_and_engaged now reads: fit is at least 30 and engagement is at least 45"
        assert visit.page.get_by_text(said).count() == 1
        drawn = visit.page.evaluate("echarts.getInstanceByDom(document.getElementById('volume')).getOption().series")
        columns = [found["value"] if isinstance(found, dict) else found for found in drawn[0]["data"]]
        assert columns == answer.after.weekly.tolist()
        assert drawn[1]["data"] == answer.before.weekly.tolist()


def test_undo_redo_back_reset_and_the_address(browser: Any, served: Served) -> None:
    with visiting(browser, served) as visit:
        page = visit.page
        undo, redo = page.get_by_role("button", name="Undo"), page.get_by_role("button", name="Redo")
        assert not undo.is_enabled()
        page.get_by_text("What counts as interest").click()
        visit.type("Half-life of every rule without its own", "60d")
        visit.type("Pricing page, points", "25")
        both = {"engagement.half_life": "60d", "engagement.rules.pricing_page.points": "25"}
        assert visit.changes == both
        undo.click()
        visit.settled()
        assert visit.changes == {"engagement.half_life": "60d"}
        assert page.get_by_role("textbox", name="Pricing page, points").input_value() == "10"
        visit.shows(visit.answer())
        redo.click()
        visit.settled()
        assert visit.changes == both
        assert not redo.is_enabled()
        page.go_back()
        visit.settled()
        assert visit.changes == {"engagement.half_life": "60d"}
        page.reload()
        visit.settled()
        assert page.get_by_role("textbox", name="Half-life of every rule without its own").input_value() == "60d"
        visit.shows(visit.answer())
        page.get_by_role("link", name="Reset").click()
        visit.settled()
        assert visit.changes == {}
        assert page.get_by_text("As the agreement stands").first.is_visible()


def test_the_address_can_be_handed_on(browser: Any, served: Served) -> None:
    with visiting(browser, served) as visit:
        visit.slide("Hand raiser: fit >=", -5)
        address = visit.page.url
    with visiting(browser, served) as other:
        other.page.goto(address)
        other.settled()
        assert other.page.get_by_role("slider", name="Hand raiser: fit >=").input_value() == "20"
        other.shows(other.answer())


def test_an_unreadable_criterion_says_so_in_place_and_keeps_the_last_answer(browser: Any, served: Served) -> None:
    with visiting(browser, served) as visit:
        page = visit.page
        before = page.locator(".tiles").inner_text()
        field = page.get_by_role("textbox", name="Hand raiser", exact=True)
        field.fill("fitt >= 25")
        page.get_by_text("Did you mean fit?").wait_for()
        assert field.get_attribute("aria-invalid") == "true"
        assert "Did you mean fit?" in page.locator(f"#{field.get_attribute('aria-describedby')}").inner_text()
        assert page.locator(".tiles").inner_text() == before
        field.fill("fit >= 10")
        field.press("Tab")
        visit.settled()
        assert field.get_attribute("aria-invalid") is None
        assert page.get_by_text("Did you mean fit?").count() == 0
        visit.shows(visit.answer())


def test_a_criterion_can_be_switched_off_and_on(browser: Any, served: Served) -> None:
    with visiting(browser, served) as visit:
        switch = visit.page.get_by_role("checkbox", name="Fit and engaged is on")
        switch.uncheck()
        visit.settled()
        assert visit.changes == {FIT_AND_ENGAGED: ""}
        answer = visit.answer()
        assert answer.leaving.count > 10
        visit.shows(answer)
        switch.check()
        visit.settled()
        assert visit.changes == {}


def test_a_receipt_is_one_click_away_and_closes_with_escape(browser: Any, served: Served) -> None:
    with visiting(browser, served) as visit:
        page = visit.page
        visit.slide("Fit and engaged: fit >=", -20)
        first = visit.answer().entering.shown[0]
        page.get_by_role("link", name=first.lead_id, exact=True).click()
        receipt = page.get_by_role("dialog")
        receipt.wait_for()
        assert receipt.get_by_role("heading", name=first.lead_id).is_visible()
        assert receipt.get_by_text("Not qualified by then.").count() == 1
        assert receipt.get_by_text(re.compile("Qualified on .* because of fit_and_engaged")).count() == 1
        page.keyboard.press("Escape")
        assert not receipt.is_visible()


def test_saving_in_the_browser(browser: Any, company: Path, tmp_path: Path) -> None:
    text = (company / "agreement.yaml").read_text(encoding="utf-8")
    (tmp_path / "agreement.yaml").write_text(text, encoding="utf-8")
    for own in serving(open_session(tmp_path / "agreement.yaml", sources_in(company), Terms())):
        with visiting(browser, own) as visit:
            visit.slide("Fit and engaged: fit >=", -10)
            visit.page.get_by_role("button", name="Save", exact=True).click()
            visit.page.get_by_role("heading", name="Saved as agreement-2.yaml").wait_for()
            said = visit.page.get_by_role("status").filter(has_text="Saved as")
            assert "fit_and_engaged now needs fit >= 40 instead of 50" in said.inner_text()
            written = load_agreement(tmp_path / "agreement-2.yaml")
            assert written == own.session.attempt({FIT_AND_ENGAGED: "fit >= 40 AND engagement >= 60"}).agreement
            assert (tmp_path / "agreement.yaml").read_text(encoding="utf-8") == text
            assert (
                visit.page.get_by_role("textbox", name=re.compile("^File beside")).input_value() == "agreement-3.yaml"
            )


def test_a_lost_connection_keeps_everything_and_goes_on(browser: Any, served: Served) -> None:
    context = browser.new_context(viewport=DESKTOP)
    visit = Visit(context.new_page(), served)
    context.set_offline(offline=True)
    slider = visit.page.get_by_role("slider", name="Hand raiser: fit >=")
    slider.focus()
    visit.page.keyboard.press("ArrowLeft")
    visit.page.get_by_text("The connection to leadline is lost").wait_for()
    assert visit.changes == {"mql.when.hand_raiser": "fit >= 24 AND hand_raise.age_days <= 14"}
    context.set_offline(offline=False)
    visit.settled()
    visit.page.get_by_text("The connection to leadline is lost").wait_for(state="hidden")
    visit.shows(visit.answer())
    context.close()


def test_many_moves_end_with_the_newest(browser: Any, served: Served) -> None:
    with visiting(browser, served) as visit:
        slider = visit.page.get_by_role("slider", name="Fit and engaged: engagement >=")
        slider.focus()
        for key in ["ArrowLeft"] * 25 + ["ArrowRight"] * 10 + ["Home", "PageUp"]:
            visit.page.keyboard.press(key, delay=5)
        visit.settled()
        assert slider.input_value() == re.findall(r"engagement >= (\d+)", visit.changes[FIT_AND_ENGAGED])[0]
        visit.shows(visit.answer())


def test_without_scripts_the_form_works(browser: Any, served: Served) -> None:
    with visiting_plainly(browser, served) as page:
        page.get_by_role("textbox", name="Fit and engaged", exact=True).fill("fit >= 30 AND engagement >= 45")
        page.get_by_role("button", name="Try these").click()
        trial = served.session.attempt({FIT_AND_ENGAGED: "fit >= 30 AND engagement >= 45"})
        assert trial.agreement is not None
        answer = served.session.answer(trial.agreement)
        assert page.get_by_role("heading", name=f"Who enters {answer.entering.count:,}").is_visible()
        assert page.get_by_role("img", name=re.compile("MQLs a week")).is_visible()
        assert page.get_by_role("slider").count() == 0
        page.get_by_role("link", name=answer.entering.shown[0].lead_id, exact=True).click()
        assert page.get_by_role("heading", name="As tried").is_visible()
        page.get_by_role("link", name="Back to What-if", exact=True).click()
        assert page.get_by_role("textbox", name="Fit and engaged", exact=True).input_value() == trial.asked[0][1]


@contextmanager
def visiting_plainly(browser: Any, served: Served) -> Iterator[Any]:
    """A visit with scripts switched off."""
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(served.entrance)
    try:
        yield page
    finally:
        context.close()


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_clipped(
    browser: Any, served: Served, viewport: dict[str, int], scheme: str
) -> None:
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    visit = Visit(context.new_page(), served)
    page = visit.page
    visit.slide("Fit and engaged: fit >=", -20)
    page.get_by_role("textbox", name="Hand raiser", exact=True).fill("fitt > 1")
    page.get_by_text("Did you mean fit?").wait_for()
    for title in ("What counts as interest", "Who fits"):
        page.get_by_role("heading", name=title).click()
    page.locator(".more > summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert violations(page) == []
    page.locator("[data-receipt]").first.click()
    page.get_by_role("dialog").wait_for()
    assert violations(page) == []
    context.close()


def violations(page: Any) -> list[str]:
    """What axe-core has to say, one line a rule."""
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [f"{rule['id']}: {[node['html'][:120] for node in rule['nodes'][:3]]}" for rule in found["violations"]]


def test_everything_is_reached_with_the_keyboard(browser: Any, served: Served) -> None:
    with visiting(browser, served) as visit:
        page = visit.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
        reached = []
        for _ in range(12):
            page.keyboard.press("Tab")
            reached.append(
                page.evaluate(
                    "document.activeElement.getAttribute('aria-label') || document.activeElement.textContent.trim()"
                )
            )
        assert "Leadline" in reached
        assert "Save…" in reached
        assert "Fit and engaged is on" in reached
        assert "Fit and engaged: fit >=" in reached
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        assert TOKEN not in page.content()
