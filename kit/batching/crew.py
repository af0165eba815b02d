"""The sessions of one network: a wide one for who is alone, a narrow one that several run side by side."""

from __future__ import annotations

from dataclasses import dataclass

from kit.batching.batcher import Batcher
from kit.batching.cores import Cores
from kit.batching.rows import Tensors
from kit.models.card import LoadedModel
from kit.models.onnx import OnnxSession, open_network
from kit.models.runtime import Tensor


@dataclass(frozen=True, slots=True)
class Crew:
    """One network, loaded for one core and for all of them."""

    narrow: OnnxSession
    wide: OnnxSession

    def run(self, inputs: Tensors, *, wide: bool) -> dict[str, Tensor]:
        """Named tensors in, named tensors out. Safe to call from several threads."""
        return (self.wide if wide else self.narrow).run(inputs)

    def close(self) -> None:
        """Gives their memory back. Nobody may run them any more."""
        self.narrow.close()
        if self.wide is not self.narrow:
            self.wide.close()


def open_crew(
    model: LoadedModel,
    cores: Cores,
    artefact: str = "model.onnx",
    *,
    max_rows: int = 1,
    max_wait_s: float = 0.0,
) -> Batcher:
    """Opens a checked model's network for many callers.

    Args:
        model: from the registry.
        cores: the process's; all its networks share them.
        artefact: which of the model's files.
        max_rows: rows of the largest batch that callers share, where axis 0 of the network is a free batch axis.
        max_wait_s: how long a request waits for company while a core is free.

    Raises:
        ModelInvalid: the file cannot be loaded, or its inputs or outputs are not those of the card.
    """
    narrow = open_network(model, artefact, intra_op_threads=1)
    wide = narrow if cores.count == 1 else open_network(model, artefact, intra_op_threads=cores.count)
    most = max_rows if narrow.free_rows else 1
    return Batcher(Crew(narrow, wide), cores, model=model.card.name, max_rows=most, max_wait_s=max_wait_s)
