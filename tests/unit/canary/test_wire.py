from __future__ import annotations

from pathlib import Path

import pytest

from canary.wire import read_target
from kit.errors import InvalidRequest


def test_models_are_named_with_their_versions() -> None:
    target = read_target("noise_residual@2.0.1, face_finder@1.0.0", "image_svc")
    assert target.models == {"noise_residual": "2.0.1", "face_finder": "1.0.0"}
    assert str(target) == "noise_residual@2.0.1,face_finder@1.0.0"


def test_another_program_is_a_folder_that_has_the_service(tmp_path: Path) -> None:
    (tmp_path / "image_svc").mkdir()
    (tmp_path / "image_svc" / "__main__.py").touch()
    assert read_target(str(tmp_path), "image_svc").folder == str(tmp_path)
    with pytest.raises(InvalidRequest, match="has no fusion_svc/"):
        read_target(str(tmp_path), "fusion_svc")


@pytest.mark.parametrize("text", ["", "noise_residual", "noise_residual@", "@1.0.0", "a@1,b"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match="no folder, and no list of models"):
        read_target(text or "no such folder", "image_svc")
