"""A photo goes in, a verdict comes out."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned
from tests.browser.conftest import judge_as
from tests.browser.pictures import photo
from tests.browser.steps import hand_in, hand_in_and_wait
from tests.browser.web_server import Answer, Web
from tests.support.browser import Camera, grave_accessibility_violations

WORDS = {
    verdict_pb2.LABEL_AUTHENTIC: "Authentic",
    verdict_pb2.LABEL_SUSPICIOUS: "Suspicious",
    verdict_pb2.LABEL_MANIPULATED: "Manipulated",
    verdict_pb2.LABEL_INCONCLUSIVE: "Inconclusive",
}


@pytest.mark.parametrize("label", WORDS, ids=WORDS.values())
def test_each_label_is_said_in_words_and_explained(
    page: Page, web: Web, camera: Camera, label: verdict_pb2.Label.ValueType
) -> None:
    judge_as(web, label)
    hand_in_and_wait(page)
    expect(page.locator("#verdict h1")).to_contain_text(WORDS[label])
    expect(page.locator("#verdict")).to_contain_text(canned.MEANINGS[label])
    expect(page.locator("#announcer")).to_contain_text(f"Verdict: {WORDS[label]}.")
    assert grave_accessibility_violations(page) == []
    camera.take(page, f"verdict-{WORDS[label].lower()}")


def test_the_file_travels_unchanged_with_its_name_and_a_request_id(page: Page, web: Web) -> None:
    hand_in_and_wait(page)
    [upload] = web.uploads()
    assert upload.body == photo()
    assert upload.query["display_name"] == "portrait.jpg"
    assert len(upload.query["request_id"]) == 36
    assert upload.content_type == "image/jpeg"


def test_the_risk_has_a_text_beside_the_scale(page: Page) -> None:
    hand_in_and_wait(page)
    expect(page.locator(".risk")).to_contain_text("98.0 of 100")
    expect(page.get_by_role("meter", name="Risk of manipulation")).to_have_attribute("aria-valuetext", "98 of 100")


def test_inconclusive_gives_no_confidence_and_no_alarm(page: Page, web: Web) -> None:
    judge_as(web, verdict_pb2.LABEL_INCONCLUSIVE)
    hand_in_and_wait(page)
    expect(page.locator(".risk")).to_contain_text("the evidence does not carry an answer")
    expect(page.locator("#problem")).to_be_hidden()
    expect(page.locator(".heatmap")).to_be_hidden()


def test_every_signal_says_what_it_noticed_and_what_it_weighed(page: Page) -> None:
    hand_in_and_wait(page)
    row = page.get_by_role("row").filter(has_text="Learned face test")
    expect(row).to_contain_text("typical of swapped faces")
    expect(row).to_contain_text("+3.1 log-odds: odds of manipulation 22 times higher")
    expect(row).to_contain_text("good (0.93)")
    expect(page.get_by_role("row").filter(has_text="Together")).to_contain_text("+3.9 log-odds")


def test_the_sum_of_the_signals_is_the_risk_that_the_verdict_tells(page: Page, web: Web) -> None:
    judged = canned.analysis(verdict_pb2.LABEL_MANIPULATED)
    judged.verdict.risk_score = 97.5
    web.answers["POST", "/v1/media:analyze"] = web.answers["GET", f"/v1/{canned.NAME}"] = Answer(
        [canned.to_json(judged)]
    )
    hand_in_and_wait(page)
    expect(page.locator(".risk")).to_contain_text("97.5 of 100")
    expect(page.get_by_role("row").filter(has_text="Together")).to_contain_text("a risk of 97.5 of 100")


@pytest.mark.parametrize(("language", "marked"), [("de", "de"), ("en", None), ("", None)])
def test_sentences_are_marked_with_their_language_where_it_is_not_that_of_the_page(
    page: Page, web: Web, language: str, marked: str | None
) -> None:
    foreign = canned.analysis(verdict_pb2.LABEL_MANIPULATED)
    foreign.verdict.language = language
    web.answers["POST", "/v1/media:analyze"] = Answer([canned.to_json(foreign)])
    hand_in_and_wait(page)
    for sentence in (
        "#verdict .verdict-meaning p",
        "#verdict .reason li",
        "#signals .signals td span",
        ".silent .purpose",
    ):
        assert page.locator(sentence).first.get_attribute("lang") == marked
    assert page.locator("#verdict .advice p").first.get_attribute("lang") == marked


def test_a_verdict_without_any_opinion_says_so_instead_of_an_empty_table(page: Page, web: Web) -> None:
    silent = canned.analysis(verdict_pb2.LABEL_INCONCLUSIVE)
    del silent.verdict.contributions[:]
    web.answers["POST", "/v1/media:analyze"] = Answer([canned.to_json(silent)])
    hand_in_and_wait(page)
    expect(page.locator("#signals")).to_contain_text("No signal had an opinion")
    expect(page.locator("#signals table")).to_have_count(0)


def test_what_was_taken_over_from_an_earlier_analysis_is_said_in_one_line(page: Page, web: Web) -> None:
    judged = canned.analysis(verdict_pb2.LABEL_SUSPICIOUS)
    for detector in ("image", "metadata"):
        taken = judged.origins.add(detector=detector, recalled_from="analyses/" + "c" * 26)
        taken.complete_time.FromSeconds(1_800_000_000)
    web.answers["POST", "/v1/media:analyze"] = Answer([canned.to_json(judged)])
    hand_in_and_wait(page)
    line = page.locator("#verdict .recalled")
    expect(line).to_contain_text("Taken over from an earlier analysis of the same file, Jan 15, 2027")
    expect(line).to_contain_text("Picture, File and metadata.")


def test_a_signal_without_an_opinion_is_named_with_its_reason(page: Page) -> None:
    hand_in_and_wait(page)
    silent = page.get_by_role("region", name="Signals without an opinion")
    expect(silent).to_contain_text("Frequency spectrum")
    expect(silent).to_contain_text("Too strongly compressed")


def test_metadata_keeps_the_three_facts_of_content_credentials_apart(page: Page) -> None:
    hand_in_and_wait(page)
    card = page.locator(".card").filter(has_text="Content credentials")
    expect(card).to_contain_text("this is evidence of nothing")
    expect(card.locator("dt")).to_have_text(["Present", "Integrity", "Signer"])
    expect(page.locator("#metadata")).to_contain_text("Adobe Photoshop")
    expect(page.locator(".conflicts")).to_contain_text("Original after modified")


@pytest.mark.parametrize(("words", "ending"), [("PDF", "pdf"), ("Web page", "html"), ("JSON", "json")])
def test_the_report_is_downloaded_as_chosen_and_named_after_the_analysis(
    page: Page, web: Web, words: str, ending: str
) -> None:
    hand_in_and_wait(page)
    formats = page.get_by_label("Format of the report")
    formats.select_option(value=f"REPORT_FORMAT_{ending.upper()}")
    expect(formats.locator("option:checked")).to_contain_text(words)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the report").click()
    assert download.value.suggested_filename == f"telltale-report-abcdefghijklmnopqrstuvwxyz.{ending}"
    assert download.value.path().read_bytes() == b'{"report": 1}'
    assert web.seen[-1].query == {"format": f"REPORT_FORMAT_{ending.upper()}"}


def test_judge_another_leads_back_to_the_start(page: Page) -> None:
    hand_in_and_wait(page)
    page.get_by_role("button", name="Judge another file").click()
    expect(page.locator("#start")).to_be_visible()
    expect(page.locator("#file")).to_be_focused()


def test_an_earlier_analysis_opens_from_the_list(page: Page, web: Web, camera: Camera) -> None:
    web.answers["GET", "/v1/analyses"] = Answer(
        [canned.listing(canned.analysis(verdict_pb2.LABEL_SUSPICIOUS, display_name="old.jpg"))]
    )
    page.reload()
    camera.take(page, "start")
    page.get_by_role("button", name="old.jpg").click()
    expect(page.locator("#verdict h1")).to_contain_text("Manipulated")
    expect(page.locator("#picture")).to_contain_text("The photo itself is not shown")


def test_the_address_of_an_analysis_survives_a_reload_and_the_back_button(page: Page) -> None:
    hand_in_and_wait(page)
    page.reload()
    expect(page.locator("#result")).to_be_visible()
    page.go_back()
    expect(page.locator("#start")).to_be_visible()


def test_only_one_of_several_files_is_judged_and_the_page_says_so(page: Page, web: Web) -> None:
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          for (const name of ["a.jpg", "b.jpg"]) data.items.add(new File(["x"], name, {type: "image/jpeg"}));
          document.dispatchEvent(new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
        }"""
    )
    expect(page.locator("#action-note")).to_contain_text("Only the first")
    assert [each.query["display_name"] for each in web.uploads()] == ["a.jpg"]


def test_a_pasted_picture_is_judged(page: Page, web: Web) -> None:
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.items.add(new File(["x"], "pasted.png", {type: "image/png"}));
          document.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true}));
        }"""
    )
    expect(page.locator("#result")).to_be_visible()
    assert web.uploads()[0].query["display_name"] == "pasted.png"


def test_a_very_long_file_name_is_cut_to_what_the_contract_allows(page: Page, web: Web) -> None:
    hand_in(page, name="ä" * 300)
    expect(page.locator("#result")).to_be_visible()
    assert web.uploads()[0].query["display_name"] == "ä" * 200
