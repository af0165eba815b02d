"""Ordinary photos: which are learned from, which are held back, and in which of them people can be seen."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

SCENES = Path("scenes/real")
HELD_BACK = 25
# Looked at one by one: photos in which a head, a drawn one too, can be made out.
WITH_PEOPLE = frozenset(
    {
        "n02536864_coho.JPEG",
        "n02640242_sturgeon.JPEG",
        "n02692877_airship.JPEG",
        "n02981792_catamaran.JPEG",
        "n03045698_cloak.JPEG",
        "n03873416_paddle.JPEG",
        "n03877472_pajama.JPEG",
        "n04209133_shower_cap.JPEG",
        "n04310018_steam_locomotive.JPEG",
        "n04371774_swing.JPEG",
        "n04590129_window_shade.JPEG",
        "n07248320_book_jacket.JPEG",
    }
)
# Looked at one by one: of the photos that were collected for their metadata, those without a head.
_CAMERA_PHOTOS = (
    "c2pa_public/adobe-20220124-A.jpg",
    "c2pa_public/adobe-20220124-I.jpg",
    "c2pa_public/com.truepic-urn-uuid-37742c5e-8a27-49fa-8302-3f079fcb76b9.jpg",
    "c2pa_public/nikon-20221019-building.jpeg",
    "c2pa_rs/no_alg.jpg",
    "exif/meta_drewnoakes__Apple_iPhone_4.jpg",
    "exif/meta_drewnoakes__FujiFilm_FinePix1400Zoom_(2).jpg",
    "exif/meta_drewnoakes__FujiFilm_FinePix40i.jpg",
    "exif/meta_drewnoakes__Kodak_DX4330.jpg",
    "exif/meta_drewnoakes__Kodak_PIXPRO_FZ201.jpg",
    "exif/meta_drewnoakes__Nikon_D1X.jpg",
    "exif/meta_drewnoakes__Nikon_D5000.jpg",
    "exif/meta_drewnoakes__Panasonic_DMC-LC40.jpg",
    "exif/meta_drewnoakes__Sony_Cybershot_(7).jpg",
    "exif/meta_ianare__22-canon_tags.jpg",
    "exif/meta_ianare__DSCN0010.jpg",
    "exif/meta_ianare__olympus-c960.jpg",
    "exif/meta_ianare__sanyo-vpcsx550.jpg",
)


@dataclass(frozen=True)
class Scenes:
    """Photos without people, in two parts that share no photo."""

    learned: list[Path]
    held_back: list[Path]


def read_scenes(data: Path) -> Scenes:
    """The photos without people below `data`. Raises FileNotFoundError when the folder is missing or holds too few."""
    folder = data / SCENES
    photos = sorted(folder.iterdir(), key=lambda photo: hashlib.sha256(photo.name.encode()).hexdigest())
    if len(photos) <= HELD_BACK:
        raise FileNotFoundError(f"{folder} holds {len(photos)} photos; more than {HELD_BACK} are needed")
    empty = [photo for photo in photos if photo.name not in WITH_PEOPLE]
    held_back = set(photos[:HELD_BACK])
    return Scenes([p for p in empty if p not in held_back], [p for p in empty if p in held_back])


def camera_photos(data: Path) -> list[Path]:
    """Photos from cameras of all ages, of places, animals and things, that nothing is learned from."""
    return [data / "metadata" / name for name in _CAMERA_PHOTOS]
