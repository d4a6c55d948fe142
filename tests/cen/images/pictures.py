"""Pictures for tests, made here: right ones, and such as somebody would send on purpose."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

PLACE = (IFDRational(5, 1), IFDRational(38, 1), IFDRational(2, 1))


def picture(size: tuple[int, int] = (64, 40), mode: str = "RGB", colour: Any = (200, 30, 30)) -> Image.Image:
    """Left half of the colour, right half black: its orientation can be seen."""
    image = Image.new(mode, size)
    image.paste(colour, (0, 0, size[0] // 2, size[1]))
    return image


def saved(image: Image.Image, kind: str = "JPEG", **rest: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **rest)
    return out.getvalue()


def from_a_telephone(orientation: int = 1) -> bytes:
    """A JPEG with place, time, camera, comment and a thumbnail's worth of other metadata."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Maker", "Telephone of Kwame", orientation
    exif[0x0132] = "2026:10:19 11:00:00"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", PLACE, "W", PLACE
    return saved(picture(), exif=exif, comment=b"Taken by Kwame", dpi=(300, 300), xmp=b"<x:xmpmeta>kwame</x:xmpmeta>")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_of(width: int, height: int, rows: int = 1) -> bytes:
    """A PNG that says to be of this size, whatever its data hold."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = zlib.compress(b"\0" * (width * 3 + 1) * rows, 9)
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


ARCHIVE = b"PK\x03\x04" + b"\0" * 40 + b"PK\x05\x06" + b"\0" * 18
