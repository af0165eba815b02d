"""What is known of an operation, whoever asks for more."""

from __future__ import annotations

from google.longrunning import operations_pb2

from telltale.gateway.v1 import resources_pb2
from telltale_client.errors import FailedPrecondition
from telltale_client.flows.operations import result_of


class OperationFacts:
    """What the server last said of a long-running operation.

    Attributes:
        message: that.
    """

    def __init__(self, message: operations_pb2.Operation) -> None:
        self.message = message

    @property
    def name(self) -> str:
        """The name "operations/{id}"."""
        return str(self.message.name)

    @property
    def done(self) -> bool:
        """Whether it had ended, well or not."""
        return bool(self.message.done)

    @property
    def progress(self) -> resources_pb2.AnalysisOperation:
        """How far it was, and of which analysis it is."""
        metadata = resources_pb2.AnalysisOperation()
        self.message.metadata.Unpack(metadata)
        return metadata

    def result(self) -> resources_pb2.Analysis:
        """The finished analysis. Raises what it ended with; FailedPrecondition when it was not done."""
        if not self.done:
            raise FailedPrecondition(f"{self.name} was not done; wait for it, or refresh")
        return result_of(self.message)

    def __repr__(self) -> str:
        state = resources_pb2.AnalysisState.Name(self.progress.state).removeprefix("ANALYSIS_STATE_")
        return f"<{type(self).__name__} {self.name} {state}>"
