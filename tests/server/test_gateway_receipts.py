"""What a deletion leaves: a signed receipt. That there is nothing else is shown in test_gateway_forgets."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.keeping.receipts import ARTEFACTS, FORMAT
from kit.errors import DigestMismatch
from kit.sealing.canonical import canonical_json
from kit.sealing.signatures import check
from telltale.gateway.v1 import (
    analysis_service_pb2,
    feedback_service_pb2,
    key_service_pb2,
    media_service_pb2,
    resources_pb2,
    share_service_pb2,
)
from tests.support.gateway import PHOTO, World, running_gateway

REQUEST_ID = "0b8bb6a0-5a0f-4a0b-9d30-2f0e0a4d9c11"
NEVER = ("partial results", "notifications", "contribution")  # of a photo that was judged, with nobody to be told


async def test_the_receipt_of_a_file_names_all_that_went(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        analysis = await _everything(world, request_id=REQUEST_ID)
        [share] = await _shares(world, analysis)
        world.clock.advance(7)
        answer = await _delete_media(world, analysis.media)
        receipt = answer.receipt
        names = [analysis.media, analysis.name, analysis.maps[0].name, share, f"{analysis.name}/feedback"]
        assert list(receipt.deleted) == list(answer.deleted) == names
        assert list(receipt.artefacts) == [kind for kind in ARTEFACTS if kind not in NEVER]
        assert (receipt.format, receipt.media_sha256) == (FORMAT, analysis.info.sha256)
        assert receipt.delete_time.ToDatetime() == world.clock.now().replace(tzinfo=None)


async def test_the_receipt_of_an_analysis_names_what_was_there_and_no_more(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        [analysis] = await world.analyze()
        request = analysis_service_pb2.DeleteAnalysisRequest(name=analysis.name)
        receipt = (await world.analysis.DeleteAnalysis(request, metadata=world.headers)).receipt
        assert list(receipt.deleted) == [analysis.name, analysis.maps[0].name]
        assert list(receipt.artefacts) == ["analysis", "evidence", "maps", "jobs"]
        assert receipt.media_sha256 == analysis.info.sha256


async def test_a_file_that_was_only_stored_leaves_a_short_receipt(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload(request_id=REQUEST_ID)
        receipt = (await _delete_media(world, media.name)).receipt
        assert (list(receipt.deleted), list(receipt.artefacts)) == ([media.name], ["file", "request ids"])


async def test_a_file_that_was_lost_before_is_not_claimed_to_be_deleted(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        media = await world.upload()
        world.blobs.delete(media.name.removeprefix("media/"))
        assert list((await _delete_media(world, media.name)).receipt.artefacts) == []


async def test_a_receipt_is_signed_by_a_key_that_everybody_may_know(tmp_path: Path) -> None:
    async with running_gateway(tmp_path) as world:
        receipt = (await _delete_media(world, (await world.upload()).name)).receipt
        [key] = (await world.keys.ListSigningKeys(key_service_pb2.ListSigningKeysRequest())).keys
        assert (key.key_id, key.public_key) == (receipt.signature.key_id, receipt.signature.public_key)
        check(receipt.signature, canonical_json(receipt, without=("signature",)))
        receipt.deleted.append("media/another")
        with pytest.raises(DigestMismatch):
            check(receipt.signature, canonical_json(receipt, without=("signature",)))


async def _everything(
    world: World, data: bytes = PHOTO, name: str = "a very particular name.jpg", request_id: str = ""
) -> resources_pb2.Analysis:
    """An analysis with a link and a word of its owner's."""
    [analysis] = await world.analyze(data, display_name=name, request_id=request_id)
    share = share_service_pb2.CreateShareRequest(parent=analysis.name)
    await world.shares.CreateShare(share, metadata=world.headers)
    feedback = resources_pb2.Feedback(name=f"{analysis.name}/feedback", truth=resources_pb2.TRUTH_AUTHENTIC)
    request = feedback_service_pb2.SetFeedbackRequest(feedback=feedback)
    await world.feedback.SetFeedback(request, metadata=world.headers)
    return analysis


async def _shares(world: World, analysis: resources_pb2.Analysis) -> list[str]:
    request = share_service_pb2.ListSharesRequest(parent=analysis.name)
    return [share.name for share in (await world.shares.ListShares(request, metadata=world.headers)).shares]


async def _delete_media(world: World, name: str) -> media_service_pb2.DeleteMediaResponse:
    request = media_service_pb2.DeleteMediaRequest(name=name)
    answer: media_service_pb2.DeleteMediaResponse = await world.media.DeleteMedia(request, metadata=world.headers)
    return answer
