from __future__ import annotations

import cv2
import numpy as np

from gateway.report.document import Figure
from gateway.report.eye import Pixels
from gateway.report.pictures import MAX_SCENES, look, moments, nearest
from kit.media.file import MediaFile
from telltale.report.v1 import report_pb2
from tests.support.fake_eye import FakeEye
from tests.support.reports import a_report, a_sound_report, a_track, a_video_report, finding


def seen(report: report_pb2.Report) -> tuple[list[Figure], list[Figure]]:
    with MediaFile.from_bytes(b"anything") as media:
        pictures = look(FakeEye(), media, report)
    return list(pictures.scenes), list(pictures.faces)


def pixels(figure: Figure) -> Pixels:
    decoded = cv2.imdecode(np.frombuffer(figure.data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    return cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB).astype(np.uint8)


def test_a_photo_is_shown_with_its_faces_and_with_each_map() -> None:
    report = a_report()
    report.analysis.tracks.append(a_track(0, 0.3, [0]))
    scenes, faces = seen(report)
    assert [scene.caption.split(":")[0] for scene in scenes][1:] == ["Frequency spectrum"]
    assert "in a box" in scenes[0].caption
    assert [(face.width_px, face.height_px) for face in faces] == [(320, 320)]


def test_the_box_is_drawn_where_the_face_is() -> None:
    report = a_report()
    report.analysis.tracks.append(a_track(0, 0.3, [0]))
    shown = pixels(seen(report)[0][0]).astype(int)
    yellow = (shown[..., 0] > 180) & (shown[..., 1] > 150) & (shown[..., 2] < 110)
    rows, columns = np.nonzero(yellow)
    assert abs(columns.min() - 0.3 * 240) < 5
    assert abs(columns.max() - 0.55 * 240) < 5
    assert abs(rows.max() - 0.6 * 320) < 5


def test_a_map_colours_where_the_test_responded() -> None:
    shown = pixels(seen(a_report())[0][1]).astype(int)
    colourful = np.ptp(shown, axis=2)
    assert colourful[:80, :60].mean() > 60  # the map's strongest cell is the upper left one
    assert colourful[-40:, -40:].mean() < 15


def test_a_video_is_shown_at_its_moments_with_who_is_in_view() -> None:
    scenes, faces = seen(a_video_report())
    assert 1 < len(scenes) <= MAX_SCENES
    assert any("people 1, 2" in scene.caption for scene in scenes)
    assert [face.caption.split(" at ")[0] for face in faces] == ["Person 1", "Person 2"]


def test_the_worst_stretch_is_among_the_moments() -> None:
    times = moments(a_video_report())
    assert any(4 <= time_s <= 8 for time_s in times)
    assert times == sorted(times)


def test_moments_lie_apart_and_in_the_video() -> None:
    times = moments(a_report(a_video_report().analysis.info, finding(spans=[(19, 20, 1.0, None)] * 50)))
    assert len(times) == len(set(times)) <= MAX_SCENES
    assert max(times) < 20


def test_a_face_counts_only_near_the_moment() -> None:
    track = a_track(0, 0.1, [2, 6])
    assert nearest(track, 2.5) is not None
    assert nearest(track, 4.0) is None


def test_a_recording_has_no_pictures() -> None:
    assert seen(a_sound_report()) == ([], [])
