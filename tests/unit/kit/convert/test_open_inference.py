from __future__ import annotations

import numpy as np
import pytest
from inference import open_inference_service_pb2 as oip

from kit.convert.open_inference import described, fill, inputs_of, parameters_of, wanted_of
from kit.convert.tensors import from_contents, from_raw
from kit.errors import InvalidRequest
from tests.support.tensors import FACE, a_model, a_request, a_signature

WHOLE, TEXT, SIGNED = (
    oip.InferParameter(uint64_param=2),
    oip.InferParameter(string_param="2"),
    oip.InferParameter(int64_param=-1),
)


@pytest.mark.parametrize("typed", [False, True])
def test_inputs_are_read_raw_and_typed(typed: bool) -> None:
    [(name, tensor)] = inputs_of(a_request(typed=typed)).items()
    assert name == "face"
    np.testing.assert_array_equal(tensor, FACE)


def test_raw_and_typed_elements_do_not_mix() -> None:
    request = a_request()
    request.inputs[0].contents.fp32_contents.append(1.0)
    with pytest.raises(InvalidRequest, match="1 raw_input_contents for 1 inputs"):
        inputs_of(request)


def test_raw_elements_without_an_input_are_refused() -> None:
    request = a_request()
    request.raw_input_contents.append(b"")
    with pytest.raises(InvalidRequest, match="2 raw_input_contents for 1 inputs"):
        inputs_of(request)


def test_an_input_that_comes_twice_is_refused() -> None:
    request = a_request()
    request.inputs.append(request.inputs[0])
    request.raw_input_contents.append(request.raw_input_contents[0])
    with pytest.raises(InvalidRequest, match="'face' comes twice"):
        inputs_of(request)


def test_outputs_are_those_asked_for_in_their_order() -> None:
    card = a_model().card
    assert wanted_of(a_request(), card) == ["twice", "sum"]
    assert wanted_of(a_request(outputs=[{"name": "sum"}, {"name": "twice"}]), card) == ["sum", "twice"]


@pytest.mark.parametrize("names", [["none"], ["sum", "sum"]])
def test_outputs_that_are_not_there_or_asked_for_twice_are_refused(names: list[str]) -> None:
    with pytest.raises(InvalidRequest, match="has the outputs"):
        wanted_of(a_request(outputs=[{"name": name} for name in names]), a_model().card)


def test_an_answer_is_raw_or_typed() -> None:
    raw, typed = oip.ModelInferResponse(), oip.ModelInferResponse()
    fill(raw, {"face": FACE}, raw=True)
    fill(typed, {"face": FACE}, raw=False)
    assert not raw.outputs[0].HasField("contents")
    assert not typed.raw_output_contents
    np.testing.assert_array_equal(from_raw(raw.raw_output_contents[0], "FP32", raw.outputs[0].shape), FACE)
    np.testing.assert_array_equal(from_contents(typed.outputs[0].contents, "FP32", typed.outputs[0].shape), FACE)


def test_what_has_no_typed_list_is_answered_raw_with_all_beside_it() -> None:
    answer = oip.ModelInferResponse()
    fill(answer, {"half": FACE.astype(np.float16), "face": FACE}, raw=False)
    assert [entry.datatype for entry in answer.outputs] == ["FP16", "FP32"]
    assert len(answer.raw_output_contents) == 2


def test_timeout_and_priority_are_understood() -> None:
    given = {"timeout": oip.InferParameter(int64_param=1_500_000), "priority": WHOLE}
    parameters = parameters_of(a_request(parameters=given))
    assert (parameters.timeout_s, parameters.background) == (1.5, True)


@pytest.mark.parametrize(
    "given", [{}, {"timeout": oip.InferParameter(int64_param=0), "priority": oip.InferParameter(uint64_param=1)}]
)
def test_nothing_said_is_no_timeout_and_the_highest_priority(given: dict[str, oip.InferParameter]) -> None:
    parameters = parameters_of(a_request(parameters=given))
    assert (parameters.timeout_s, parameters.background) == (None, False)


@pytest.mark.parametrize(
    ("name", "value"), [("timeout", TEXT), ("timeout", SIGNED), ("priority", oip.InferParameter())]
)
def test_parameters_that_are_no_whole_numbers_are_refused(name: str, value: oip.InferParameter) -> None:
    with pytest.raises(InvalidRequest, match="whole number"):
        parameters_of(a_request(parameters={name: value}))


def test_what_is_not_understood_is_refused_and_not_ignored() -> None:
    for request in (
        a_request(parameters={"sequence_id": WHOLE}),
        a_request(outputs=[{"name": "sum", "parameters": {"classification": WHOLE}}]),
        a_request(inputs=[{"name": "face", "parameters": {"shared_memory_region": TEXT}}]),
    ):
        with pytest.raises(InvalidRequest, match="is not understood here"):
            parameters_of(request)


def test_a_card_s_tensors_are_described_in_the_protocol_s_words() -> None:
    [entry] = described([a_signature("face", -1, 3, dtype="uint8")])
    assert (entry.name, entry.datatype, list(entry.shape)) == ("face", "UINT8", [-1, 3])
