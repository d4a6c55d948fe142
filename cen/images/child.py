"""Verifies and re-encodes one image. Run as a program, alone: it reads standard input, writes standard output.

It knows nothing of the house, opens no file and starts nothing: before the first byte is decoded it gives up
every right that decoding does not need. What the decoder may break, it breaks in here.

Answer: one line of JSON, then the bytes of the image and of its thumbnail, both JPEG without metadata. The line
holds `width`, `height`, `main` and `thumbnail` (lengths), or `refused` with a code.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from collections.abc import Iterator

from PIL import Image, ImageCms, ImageOps

LARGEST_FILE = 15 * 1024 * 1024
# A telephone's photo has 12 million; 24 million decode in a second and some 300 MB.
MOST_PIXELS = 24_000_000
LONGEST_SIDE = 2_560
THUMBNAIL_SIDE = 360
CPU_SECONDS = 10
ADDRESS_SPACE = 768 * 1024 * 1024
LARGEST_ANSWER = 24 * 1024 * 1024
# Browsers look at the first kilobyte of a file, archivers at the last 64.
EDGE = 66_000

ARCHIVES = (b"PK\x05\x06", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"%PDF-")
MARKUP = (b"<script", b"<?php", b"<html", b"<!doctype", b"<iframe", b"<svg ")


# What the decoder raises for files that are not what they say.
BROKEN = (OSError, ValueError, SyntaxError, EOFError, TypeError, KeyError, OverflowError, IndexError)


class Refused(Exception):
    """The code says why."""


def give_up_rights() -> None:
    """Limits that nothing in this process can raise again; no open file beyond the standard three."""
    for what, most in (
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_AS, ADDRESS_SPACE),
        (resource.RLIMIT_FSIZE, LARGEST_ANSWER),
        (resource.RLIMIT_NOFILE, 3),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def format_of(data: bytes) -> str:
    """JPEG, PNG, WEBP or TIFF, by the first bytes."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[:4] in {b"II*\0", b"MM\0*"}:
        return "TIFF"
    if data[4:8] == b"ftyp":
        raise Refused("media_heic")
    raise Refused("media_type")


def refuse_second_meaning(data: bytes, kind: str) -> None:
    """Refuses a file that is an image and something else too."""
    edges = (data[:EDGE] + data[-EDGE:]).lower()
    if any(mark.lower() in edges for mark in (*ARCHIVES, *MARKUP)):
        raise Refused("media_two_in_one")
    end = {"PNG": _end_of_png, "WEBP": _end_of_webp}.get(kind, len)(data)
    if end < len(data):
        raise Refused("media_two_in_one")


def _end_of_png(data: bytes) -> int:
    at = 8
    while at + 12 <= len(data):
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        at += 12 + length
        if name == b"IEND":
            return at
    return len(data)


def _end_of_webp(data: bytes) -> int:
    size = int.from_bytes(data[4:8], "little") + 8
    return size + size % 2


def opened(data: bytes) -> Image.Image:
    """The image, looked at but not decoded: type, number of frames and size come first."""
    kind = format_of(data)
    refuse_second_meaning(data, kind)
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        image = Image.open(io.BytesIO(data), formats=[kind])
        frames = 1 if kind == "JPEG" else getattr(image, "n_frames", 1)
    except Image.DecompressionBombError:
        raise Refused("media_pixels") from None
    except BROKEN:
        raise Refused("media_damaged") from None
    if image.width * image.height > MOST_PIXELS:
        raise Refused("media_pixels")
    if frames > 1:
        raise Refused("media_frames")
    return image


def upright(image: Image.Image) -> Image.Image:
    """Turned as the camera said, in eight bits and the colours of the web, without anything but pixels."""
    profile = image.info.get("icc_profile")
    try:
        image = ImageOps.exif_transpose(image)
    except (ValueError, TypeError, KeyError, SyntaxError, OSError):
        image.load()
    if image.mode.startswith("I") or image.mode == "F":
        return _scaled(image)
    if image.mode == "CMYK":
        image = image.convert("RGB")
        profile = None
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    if image.mode not in {"RGB", "L"}:
        image = image.convert("RGB")
    if profile and image.mode == "RGB":
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            image = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB")) or image
        except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
            pass  # a broken profile costs the right colours, not the picture
    return image


def _scaled(image: Image.Image) -> Image.Image:
    """X-ray images have twelve or sixteen bits: the darkest becomes black, the brightest white."""
    values = image.convert("F")
    low, high = values.getextrema()
    span = (high - low) or 1  # type: ignore[operator]
    return values.point(lambda value: value * (255 / span) + (-low * 255 / span)).convert("L")  # type: ignore[operator]


def encoded(image: Image.Image, side: int, quality: int) -> tuple[bytes, tuple[int, int]]:
    """A fresh JPEG of at most that side."""
    small = image.copy()
    small.thumbnail((side, side), Image.Resampling.LANCZOS)
    fresh = Image.new(small.mode, small.size)
    fresh.paste(small)
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue(), fresh.size


def cleaned(data: bytes) -> Iterator[bytes]:
    """The whole answer."""
    if not data:
        raise Refused("media_empty")
    if len(data) > LARGEST_FILE:
        raise Refused("media_bytes")
    try:
        image = upright(opened(data))
        main, size = encoded(image, LONGEST_SIDE, 86)
        thumbnail, _size = encoded(image, THUMBNAIL_SIDE, 78)
    except MemoryError:
        raise Refused("media_heavy") from None
    except (*BROKEN, Image.DecompressionBombError):
        raise Refused("media_damaged") from None
    facts = {"width": size[0], "height": size[1], "main": len(main), "thumbnail": len(thumbnail)}
    yield json.dumps(facts).encode() + b"\n"
    yield main
    yield thumbnail


def main() -> None:
    Image.init()
    give_up_rights()
    try:
        answer = b"".join(cleaned(sys.stdin.buffer.read(LARGEST_FILE + 1)))
    except Refused as refused:
        answer = json.dumps({"refused": str(refused)}).encode() + b"\n"
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
