"""Emoji and scenes: what is said to be where is there, the same in every process."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from trainer.backgrounds import background
from trainer.emoji import VENDORS, labels, pictures
from trainer.scenes import LARGEST, MOST, SIDE, SMALLEST, Placed, compose, paste
from trainer.sprites import Turn, hue_rotation, sprite

ROOT = Path(__file__).resolve().parents[2]
NAMES = [label.name for label in labels()]


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_emoji_has_a_picture_and_a_name_of_its_own(vendor: str) -> None:
    assert pictures(vendor).shape == (len(NAMES), 64, 64, 4)
    assert len(set(NAMES)) == len(NAMES)
    assert len({picture.tobytes() for picture in pictures(vendor)}) == len(NAMES)
    assert ((pictures(vendor)[..., 3] > 128).mean(axis=(1, 2)) > 0.1).all()


def test_a_label_is_the_character_of_its_code() -> None:
    assert labels()[NAMES.index("tiger face")].character == "\N{TIGER FACE}"
    assert labels()[NAMES.index("cat")].character == "\N{CAT}"


def test_a_scene_shows_what_it_says() -> None:
    for index in range(40):
        scene = compose(3, index)
        assert scene.image.shape == (3, SIDE, SIDE)
        assert scene.image.dtype == np.uint8
        assert 1 <= len(scene.placed) <= MOST
        assert np.flatnonzero(scene.labels).tolist() == sorted(p.emoji for p in scene.placed)
        for each, mask in zip(scene.placed, scene.masks, strict=True):
            left, top, right, bottom = each.box
            assert min(left, top) >= 0
            assert max(right, bottom) <= SIDE
            assert SMALLEST <= each.size <= LARGEST
            rows, columns = np.nonzero(mask)
            assert len(rows) > 30  # no emoji is hidden by the others
            assert rows.min() >= top - 1
            assert rows.max() <= bottom
            assert columns.min() >= left - 1
            assert columns.max() <= right
        assert (scene.masks.sum(axis=0) <= 1).all()  # one sees one emoji at a pixel


def test_emoji_overlap_little() -> None:
    """Of four, each shows most of itself: of what it would show alone, in the same place."""
    for index in range(60):
        scene = compose(11, index, chosen=[3, 40, 80, 120])
        for each, mask in zip(scene.placed, scene.masks, strict=True):
            alone = sprite(each.vendor, each.emoji, each.size, Turn())[3] > 0.5
            assert mask.sum() > 0.75 * alone.sum()


def test_what_lies_above_covers_what_lies_below() -> None:
    image, alphas = np.zeros((3, SIDE, SIDE), np.float32), np.zeros((2, SIDE, SIDE), np.float32)
    opaque = np.ones((4, 20, 20), np.float32)
    paste(image, alphas, 0, Placed(0, "noto", 30, 30, 20), opaque * [[[200]], [[0]], [[0]], [[1]]])
    paste(image, alphas, 1, Placed(1, "noto", 40, 30, 20), opaque * [[[0]], [[90]], [[0]], [[1]]])
    assert (alphas[0] > 0).sum() == 200
    assert (alphas[1] > 0).sum() == 400
    assert not (alphas[0] * alphas[1]).any()
    assert image[:, 30, 25].tolist() == [200, 0, 0]
    assert image[:, 30, 35].tolist() == [0, 90, 0]


def test_a_mask_is_where_the_emoji_changed_the_image() -> None:
    """The same scene with another emoji in the same place differs there, and nowhere far off."""
    apple, key = NAMES.index("apple"), NAMES.index("key")
    own, other = compose(5, 0, chosen=[apple]), compose(5, 0, chosen=[key])
    assert own.placed[0].box == other.placed[0].box
    changed = (own.image != other.image).any(axis=0)
    either = own.mask(apple) | other.mask(key)
    assert changed[own.mask(apple) & ~other.mask(key)].mean() > 0.95
    edge = np.pad(either, 2)
    near = np.any(
        [np.roll(edge, (dy, dx), (0, 1)) for dy in range(-2, 3) for dx in range(-2, 3)], axis=0
    )[2:-2, 2:-2]
    assert not changed[~near].any()


def test_a_scene_of_chosen_emoji() -> None:
    wanted = [NAMES.index("tiger"), NAMES.index("cat"), NAMES.index("dog"), NAMES.index("bus")]
    for index in range(20):
        scene = compose(1, index, VENDORS, chosen=wanted)
        assert [each.emoji for each in scene.placed] == wanted
        assert scene.mask(wanted[1]).sum() > 30


def test_a_scene_is_the_same_in_another_process_and_no_other_is() -> None:
    code = (
        "from trainer.scenes import compose; import hashlib; "
        "print(hashlib.sha256(compose(7, 11, varied=True).image).hexdigest())"
    )
    printed = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert printed[0] == printed[1]
    images = [compose(seed, index).image for seed, index in ((7, 11), (7, 12), (8, 11))]
    assert not any(np.array_equal(images[0], image) for image in images[1:])


def test_a_sprite_of_the_picture_s_size_is_the_picture() -> None:
    picture = pictures("noto")[0].astype(np.float32)
    alpha = picture[..., 3] / 255
    rgba = sprite("noto", 0, 64, Turn())
    np.testing.assert_allclose(rgba[3], alpha, atol=1e-5)
    np.testing.assert_allclose(
        rgba[:3], (picture[..., :3] * alpha[..., None]).transpose(2, 0, 1), atol=1e-2
    )


def test_a_mirrored_sprite_and_a_quarter_turn() -> None:
    plain = sprite("noto", 0, 64, Turn())
    mirrored = sprite("noto", 0, 64, Turn(mirrored=True))
    np.testing.assert_allclose(mirrored, plain[:, :, ::-1], atol=0.1)
    turned = sprite("noto", 0, 64, Turn(angle=np.pi / 2))
    side = turned.shape[1]
    assert side in (64, 65)
    four = [np.abs(turned[:, :64, :64] - np.rot90(plain, k, (1, 2))).mean() for k in range(4)]
    assert min(four[1], four[3]) < 0.5 * min(four[0], four[2])


def test_a_hue_turns_round_and_keeps_grey() -> None:
    np.testing.assert_allclose(hue_rotation(0.7) @ np.ones(3), np.ones(3))
    np.testing.assert_allclose(hue_rotation(2 * np.pi / 3) @ [1, 0, 0], [0, 1, 0], atol=1e-12)


def test_backgrounds_differ() -> None:
    spreads = [
        background(np.random.default_rng(seed), SIDE).std(axis=(1, 2)).mean() for seed in range(40)
    ]
    assert min(spreads) < 6
    assert max(spreads) > 30
