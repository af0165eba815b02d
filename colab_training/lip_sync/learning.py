"""Self-supervised learning: of all offsets, and of other people's sound, which one belongs to these lips?

The loss is that of van den Oord et al., "Representation Learning with Contrastive Predictive Coding" (2018), over the offsets of
a clip's own sound and over the sound of others. Since a clip is mostly held against itself, whose face it is does not help.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from av_sync_svc.lips import MAX_SHIFT, SHIFTS
from colab_training.lip_sync.network import LipSync
from colab_training.lip_sync.settings import LipSyncSettings
from colab_training.lip_sync.stretches import Stretch, stretch_of
from colab_training.lip_sync.talks import Talk

_NEIGHBOUR_SHARE = 0.1
_OTHERS = (1, 5)
_MAX_NORM = 5.0
_REPORT_STEPS = 100


def learn(settings: LipSyncSettings, talks: Sequence[Talk]) -> LipSync:
    """A network from these clips; sources count by the root of their length."""
    options = settings.learning
    rng = np.random.default_rng(settings.seed)
    torch.manual_seed(settings.seed)
    network = LipSync(settings.network)
    network.learn_basis(torch.from_numpy(np.concatenate([talk.lips for talk in talks])))
    optimiser = torch.optim.AdamW(network.parameters(), lr=options.learning_rate, weight_decay=options.weight_decay)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, options.learning_rate, total_steps=options.steps)
    losses: list[float] = []
    network.train()
    for step in range(options.steps):
        batch = draw(rng, talks, settings, int(rng.choice(options.looks)))
        loss = contrast(network, batch)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), _MAX_NORM)
        optimiser.step()
        pace.step()
        losses.append(loss.item())
        if (step + 1) % _REPORT_STEPS == 0:
            print(f"step {step + 1}: loss {np.mean(losses[-_REPORT_STEPS:]):.3f}", flush=True)
    return network.eval()


def draw(rng: np.random.Generator, talks: Sequence[Talk], settings: LipSyncSettings, looks: int) -> list[Stretch]:
    """Stretches of `looks` looks from clips that are long enough."""
    by_source: dict[str, list[Talk]] = {}
    for talk in talks:
        if talk.looks > looks:
            by_source.setdefault(talk.clip.source, []).append(talk)
    sources = sorted(by_source)
    shares = np.sqrt([sum(talk.looks for talk in by_source[source]) for source in sources])
    drawn = rng.choice(len(sources), settings.learning.clips_per_step, p=shares / shares.sum())
    found = []
    for source in (sources[number] for number in drawn):
        talk = by_source[source][int(rng.integers(len(by_source[source])))]
        found.append(stretch_of(rng, talk, looks, settings.late_looks[source]))
    return found


def contrast(network: LipSync, batch: Sequence[Stretch]) -> Tensor:
    """Cross entropy of the offsets and of others' sound against the true offset, which is 0 in every stretch."""
    lips = torch.from_numpy(np.stack([stretch.lips for stretch in batch]))
    sound = torch.from_numpy(np.stack([stretch.sound for stretch in batch]))
    seen, heard = network(lips, sound)  # (N, T, D), (N, T + 2 * MAX_SHIFT, D)
    known = torch.from_numpy(np.stack([stretch.known for stretch in batch])).float()
    looks = seen.shape[1]
    own = [((seen * heard[:, at : at + looks]).sum(2) * known[:, at : at + looks]).sum(1) for at in range(len(SHIFTS))]
    now = heard[:, MAX_SHIFT : MAX_SHIFT + looks]
    others = [(seen * torch.roll(now, step, 0)).sum((1, 2)) for step in _OTHERS]
    logits = torch.stack([*own, *others], dim=1) * torch.exp(network.sharpness) / looks**0.5
    wanted = torch.zeros(logits.shape[1])
    wanted[MAX_SHIFT - 1 : MAX_SHIFT + 2] = torch.tensor([_NEIGHBOUR_SHARE, 1 - 2 * _NEIGHBOUR_SHARE, _NEIGHBOUR_SHARE])
    return -(wanted * torch.log_softmax(logits, dim=1)).sum(dim=1).mean()
