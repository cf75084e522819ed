"""Pictures of strangers: each is read as it looks, or refused in a sentence, memory bounded."""

import io
import struct
import tracemalloc
import zlib
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from pages.ui.images import LARGEST, ImageError, read_image

RED, BLUE = (220, 30, 30), (30, 30, 220)


def saved(image: Image.Image, kind: str = "PNG", **more: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **more)
    return file.getvalue()


def two_halves(size: tuple[int, int] = (64, 64)) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image


def png_of_size(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds one grey row a time, compressed to very little."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checked = kind + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    packer = zlib.compressobj()
    rows = b"".join(packer.compress(bytes(1 + width)) for _ in range(height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_picture_is_read_as_it_looks(kind: str) -> None:
    pixels = read_image(saved(two_halves(), kind), 32)
    assert pixels.shape == (3, 32, 32)
    assert pixels.dtype == np.uint8
    np.testing.assert_allclose(pixels[:, 16, 4], RED, atol=12)
    np.testing.assert_allclose(pixels[:, 16, 28], BLUE, atol=12)


def test_the_square_in_the_middle_is_taken() -> None:
    wide = two_halves((200, 100))
    wide.paste((0, 255, 0), (0, 0, 40, 100))
    wide.paste((0, 255, 0), (160, 0, 200, 100))
    pixels = read_image(saved(wide), 10)
    assert pixels[1].max() < 100  # the green margins are gone
    np.testing.assert_allclose(pixels[:, 5, 0], RED, atol=2)


def test_a_photograph_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by a quarter, clockwise
    pixels = read_image(saved(two_halves(), "JPEG", exif=exif), 32)
    np.testing.assert_allclose(pixels[:, 4, 16], RED, atol=12)
    np.testing.assert_allclose(pixels[:, 28, 16], BLUE, atol=12)


def transparent() -> Iterator[tuple[str, bytes]]:
    clear = Image.new("RGBA", (32, 32), (0, 0, 0, 0))
    clear.paste((*RED, 255), (16, 0, 32, 32))
    yield "RGBA", saved(clear)
    grey = Image.new("LA", (32, 32), (0, 0))
    grey.paste((90, 255), (16, 0, 32, 32))
    yield "LA", saved(grey)
    palette = Image.new("P", (32, 32), 0)
    palette.putpalette([0, 0, 0, *RED])
    palette.paste(1, (16, 0, 32, 32))
    yield "palette", saved(palette, transparency=0)
    yield "GIF", saved(palette, "GIF", transparency=0)
    yield "colour key", saved(two_halves((32, 32)), transparency=RED)


@pytest.mark.parametrize(("kind", "data"), list(transparent()), ids=[k for k, _ in transparent()])
def test_what_is_transparent_is_white(kind: str, data: bytes) -> None:
    pixels = read_image(data, 16)
    assert pixels[:, 8, 2].tolist() == [255, 255, 255]
    assert pixels[:, 8, 13].min() < 100


def test_grey_is_three_alike_and_colours_as_grey_are_one() -> None:
    ramp = Image.fromarray(np.tile(np.arange(64, dtype=np.uint8) * 4, (64, 1)))
    pixels = read_image(saved(ramp), 64)
    assert (pixels == np.asarray(ramp)).all()
    assert read_image(saved(two_halves()), 8, channels=1).shape == (1, 8, 8)


def test_black_and_white_and_cmyk() -> None:
    assert set(np.unique(read_image(saved(two_halves().convert("1")), 64))) <= {0, 255}
    cmyk = read_image(saved(two_halves().convert("CMYK"), "JPEG"), 32)
    np.testing.assert_allclose(cmyk[:, 16, 4], RED, atol=25)


def test_sixteen_bits_are_scaled_to_eight() -> None:
    deep = (np.arange(32 * 32, dtype=np.uint32) * 64).astype(np.uint16).reshape(32, 32)
    pixels = read_image(saved(Image.fromarray(deep)), 32)
    np.testing.assert_allclose(pixels[0], deep / 257, atol=1)
    assert pixels.max() > 240


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_animation_gives_its_first_frame(kind: str) -> None:
    frames = [Image.new("RGB", (32, 32), colour) for colour in (RED, BLUE, BLUE)]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
    np.testing.assert_allclose(read_image(data, 8)[:, 4, 4], RED, atol=12)


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (500, 7)])
def test_a_picture_of_too_few_pixels(size: tuple[int, int]) -> None:
    with pytest.raises(ImageError, match="take one of at least 8 × 8"):
        read_image(saved(two_halves(size)), 32)


def test_the_smallest_picture() -> None:
    assert read_image(saved(two_halves((8, 8))), 96).shape == (3, 96, 96)


@pytest.mark.parametrize(("width", "height"), [(10_000, 5000), (20_000, 20_000)])
def test_a_picture_that_is_too_large_is_refused_before_it_is_unpacked(
    width: int, height: int
) -> None:
    data = png_of_size(width, height)
    assert len(data) < 500_000
    tracemalloc.start()
    with pytest.raises(ImageError, match="at most 24 megapixels"):
        read_image(data, 96)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


def test_the_largest_picture_is_read() -> None:
    assert read_image(png_of_size(6000, LARGEST // 6000), 96).max() == 0


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_a_truncated_picture(kind: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    whole = saved(Image.fromarray(noise), kind)
    for share in (0.02, 0.1, 0.5, 0.9):
        with pytest.raises(ImageError, match=r"no picture that can be read|damaged or cut short"):
            read_image(whole[: int(share * len(whole))], 32)


@pytest.mark.parametrize(
    "data",
    [b"", b"hello", b"%PDF-1.7\n", b"PK\x03\x04" + bytes(40), bytes(2000), b"<html></html>"],
)
def test_what_is_no_picture(data: bytes) -> None:
    with pytest.raises(ImageError, match="no picture that can be read"):
        read_image(data, 32)


def test_a_drawing_with_a_script_is_never_run() -> None:
    svg = b'<?xml version="1.0"?>\n<SVG xmlns="x"><script>alert(1)</script></SVG>'
    with pytest.raises(ImageError, match="save it as PNG first"):
        read_image(svg, 32)


def test_noise_in_the_middle_of_a_file_is_an_image_or_a_sentence() -> None:
    draw = np.random.default_rng(0)
    for kind in ("PNG", "JPEG", "WEBP", "GIF", "BMP"):
        whole = saved(two_halves(), kind)
        for _ in range(60):
            data = bytearray(whole)
            for place in draw.integers(0, len(data), 3):
                data[place] = int(draw.integers(256))
            try:
                pixels = read_image(bytes(data), 16)
            except ImageError as error:
                assert str(error).endswith(".")
            else:
                assert pixels.shape == (3, 16, 16)
