"""Places and heatmaps over the photo."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from telltale.fusion.v1 import verdict_pb2
from tests.browser import canned
from tests.browser.conftest import judge_as
from tests.browser.pictures import HEIGHT_PX, WIDTH_PX
from tests.browser.steps import hand_in_and_wait
from tests.browser.web_server import Web


def test_a_place_lies_where_its_normalised_box_says(page: Page) -> None:
    hand_in_and_wait(page)
    stage, region = page.locator(".stage").bounding_box(), page.locator(".region").first.bounding_box()
    assert stage is not None
    assert region is not None
    assert abs((region["x"] - stage["x"]) / stage["width"] - 0.27) < 0.01
    assert abs((region["y"] - stage["y"]) / stage["height"] - 0.23) < 0.01
    assert abs(region["width"] / stage["width"] - 0.28) < 0.01
    assert abs(stage["width"] / stage["height"] - WIDTH_PX / HEIGHT_PX) < 0.01


def test_places_can_be_hidden_and_are_listed_in_words(page: Page) -> None:
    hand_in_and_wait(page)
    expect(page.locator(".region:visible")).to_have_count(3)
    page.get_by_role("checkbox", name="Learned face test (2)").uncheck()
    expect(page.locator(".region:visible")).to_have_count(1)
    expect(page.locator(".places li").first).to_contain_text("Learned face test: in the middle; 28% of the width")


def test_places_of_signals_that_speak_against_manipulation_are_not_drawn_at_first(page: Page, web: Web) -> None:
    judge_as(web, verdict_pb2.LABEL_AUTHENTIC)
    hand_in_and_wait(page)
    expect(page.locator(".region:visible")).to_have_count(0)
    page.get_by_role("checkbox", name="Learned face test (2)").check()
    expect(page.locator(".region:visible")).to_have_count(2)


def test_the_heatmap_of_the_loudest_signal_is_laid_over_a_manipulated_photo(page: Page, web: Web) -> None:
    hand_in_and_wait(page)
    expect(page.locator(".heatmap")).to_be_visible()
    assert page.get_by_role("radio", name="Learned face test").is_checked()
    assert f"/v1/{canned.NAME}/maps/noise_residual" not in {each.path for each in web.seen}


def test_the_heatmap_is_switched_and_made_fainter(page: Page) -> None:
    hand_in_and_wait(page)
    expect(page.locator(".heatmap")).to_have_css("opacity", "0.6")
    page.get_by_role("slider", name="Strength").fill("30")
    expect(page.locator(".heatmap")).to_have_css("opacity", "0.3")
    page.get_by_role("radio", name="Off").check()
    expect(page.locator(".heatmap")).to_be_hidden()
    page.get_by_role("radio", name="Noise pattern").check()
    expect(page.locator(".heatmap")).to_be_visible()


def test_a_heatmap_that_cannot_be_fetched_is_told_and_the_rest_stays(page: Page, web: Web) -> None:
    del web.answers["GET", f"/v1/{canned.NAME}/maps/face_spatial"]
    hand_in_and_wait(page)
    expect(page.locator(".layers")).to_contain_text("The heatmap could not be fetched")
    expect(page.locator(".photo")).to_be_visible()
