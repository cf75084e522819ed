"""A person's own picture, as the pixels a model reads: checked as a stranger's file.

Pillow comes with Streamlit, and is imported where a picture is read.
"""

from __future__ import annotations

import io
import re
import struct
from typing import TYPE_CHECKING

import numpy as np

from pages.ui.catalogue import LookError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP")
SMALLEST = 8  # pixels a side
LARGEST = 24_000_000  # pixels; whole in memory it is four bytes each
PAPER = (255, 255, 255)  # what shows through a transparent picture
SVG = re.compile(rb"<svg[\s>/]", re.IGNORECASE)


class ImageError(LookError):
    """A file that is no picture to look at; the message is one sentence for a person."""


def read_image(data: bytes, side: int, channels: int = 3) -> np.ndarray:
    """The picture in `data` as uint8 (channels, side, side): the square in its middle, made
    smaller. An animation gives its first frame. Raises `ImageError`.

    Size and format are read first, so that a file cannot ask for more memory than `LARGEST` takes.
    """
    if SVG.search(data[:4096]):
        raise ImageError("An SVG is instructions for drawing, not pixels: save it as PNG first.")
    image = _square(_opened(data, side), side, "RGB" if channels == 3 else "L")
    return np.atleast_3d(np.array(image)).transpose(2, 0, 1).copy()


def _opened(data: bytes, side: int) -> Image:
    from PIL import Image, UnidentifiedImageError

    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
        width, height = image.size
        if min(width, height) < SMALLEST:
            raise ImageError(
                f"This picture is {width} × {height} pixels: take one of at least "
                f"{SMALLEST} × {SMALLEST}."
            )
        if width * height > LARGEST:
            raise ImageError(_too_large(width * height))
        image.draft("RGB", (side, side))  # a JPEG is decoded no larger than needed
        image.load()
    except UnidentifiedImageError:
        raise ImageError(
            "This file is no picture that can be read: take a PNG, JPEG, WebP, GIF or BMP."
        ) from None
    except Image.DecompressionBombError:
        raise ImageError(_too_large(None)) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        if isinstance(error, ImageError):
            raise
        raise ImageError("This picture is damaged or cut short: save or send it again.") from None
    return image


def _too_large(pixels: int | None) -> str:
    has = f"has {pixels / 1e6:.0f} megapixels" if pixels else "is far too large"
    return f"This picture {has}: make it smaller, at most {LARGEST // 1_000_000} megapixels."


def _square(image: Image, side: int, mode: str) -> Image:
    """Upright, on white, 8 bits a colour; the square in the middle, `side` pixels wide."""
    from PIL import ImageOps
    from PIL.Image import Resampling

    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.mode in ("LA", "PA", "RGBA") or "transparency" in image.info:
        image = _on_paper(image)
    upright = ImageOps.exif_transpose(image.convert(mode))
    return ImageOps.fit(upright, (side, side), Resampling.BOX)


def _on_paper(image: Image) -> Image:
    from PIL import Image as pillow

    drawn = image.convert("RGBA")
    paper = pillow.new("RGB", drawn.size, PAPER)
    paper.paste(drawn, mask=drawn.getchannel("A"))
    return paper


def _eight_bits(image: Image) -> Image:
    """16 bits a pixel as 8, the upper ones."""
    from PIL import Image as pillow

    deep = np.asarray(image).astype(np.float32)
    return pillow.fromarray((deep.clip(0, 65_535) / 257).astype(np.uint8))
