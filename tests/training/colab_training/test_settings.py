"""What a configuration of the face test says about its second network."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from colab_training.settings import PartnerSettings, ShareSettings, StartSettings, load_settings, partner_of

SHIPPED = load_settings(Path(__file__).resolve().parents[3] / "colab_training" / "configs" / "face_spatial.toml")
SHARES = ShareSettings(blend=0.5, real={"photos": 1.0}, fake={"photos": 1.0})
PARTNER = PartnerSettings(seed=3, epochs=2, early_epochs=1, erase_share=0.1, shares=SHARES)


def test_a_partner_begins_with_imagenet_unless_its_own_start_is_named() -> None:
    assert SHIPPED.start is not None
    assert partner_of(SHIPPED, PARTNER).start is None
    start = StartSettings(model=Path("earlier.onnx"), part="partner", kept=0.2)
    assert partner_of(SHIPPED, PARTNER.model_copy(update={"start": start})).start == start


def test_a_partner_has_a_schedule_and_shares_of_its_own_and_the_rest_of_the_first() -> None:
    own = partner_of(SHIPPED, PARTNER)
    assert (own.training.epochs, own.training.early_epochs) == (2, 1)
    assert (own.seed, own.equalisation.erase_share, own.shares, own.partner) == (3, 0.1, SHARES, None)
    assert (own.network, own.jitter, own.training.batch) == (SHIPPED.network, SHIPPED.jitter, SHIPPED.training.batch)
