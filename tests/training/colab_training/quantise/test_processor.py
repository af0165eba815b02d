from __future__ import annotations

from pathlib import Path

import pytest

from colab_training.quantise.processor import processor


@pytest.mark.parametrize(
    ("flags", "said"), [("avx2 avx512_vnni", "with"), ("avx2 avx_vnni", "with"), ("avx2", "without")]
)
def test_a_processor_is_told_with_what_makes_int8_fast(tmp_path: Path, flags: str, said: str) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nmodel name\t: Some CPU\nflags\t\t: fpu {flags}\n\n")
    assert processor(tmp_path / "cpuinfo") == f"Some CPU ({said} VNNI)"


def test_a_machine_that_does_not_tell_is_of_unknown_kind(tmp_path: Path) -> None:
    assert processor(tmp_path / "none") == "a processor of unknown kind"
