"""What comes out of the child process is a plain picture, or a sentence that says why there is none."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from PIL import Image

from cen.images import child
from cen.images.cleaning import CHILD, LARGEST_FILE, SENTENCES, ImageRefused, clean
from tests.cen.images.pictures import ARCHIVE, from_a_telephone, picture, png_of, saved


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["JPEG"])


def test_place_time_camera_and_comment_are_gone() -> None:
    given = from_a_telephone()
    assert Image.open(io.BytesIO(given)).getexif().get_ifd(0x8825)
    assert b"Kwame" in given
    made = clean(given)
    for data in (made.content, made.thumbnail):
        image = opened(data)
        assert dict(image.getexif()) == {}
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
        for rest in (b"Kwame", b"kwame", b"Exif", b"Maker", b"xmpmeta", b"2026:10:19"):
            assert rest not in data


@pytest.mark.parametrize(("orientation", "size"), [(1, (64, 40)), (3, (64, 40)), (6, (40, 64)), (8, (40, 64))])
def test_a_picture_comes_out_upright(orientation: int, size: tuple[int, int]) -> None:
    made = clean(from_a_telephone(orientation))
    assert (made.width, made.height) == opened(made.content).size == size
    middle = {1: (8, 20), 3: (56, 20), 6: (20, 8), 8: (20, 56)}[orientation]
    pixel = opened(made.content).convert("RGB").getpixel(middle)
    assert isinstance(pixel, tuple)
    assert pixel[0] > 150


@pytest.mark.parametrize(
    "given",
    [
        saved(picture()),
        saved(picture(), "PNG"),
        saved(picture(), "WEBP"),
        saved(picture(), "TIFF"),
        saved(picture(), "TIFF", compression="tiff_lzw"),
        saved(picture(mode="CMYK", colour=(0, 200, 200, 0))),
        saved(picture(mode="L", colour=200), "PNG"),
        saved(picture(mode="RGBA", colour=(200, 30, 30, 128)), "PNG"),
        saved(picture().convert("P"), "PNG", transparency=0),
        saved(picture(mode="1", colour=1), "PNG"),
        saved(picture(), "MPO", save_all=True, append_images=[picture()]),
    ],
    ids=["jpeg", "png", "webp", "tiff", "tiff-lzw", "cmyk", "grey", "alpha", "palette", "bits", "telephone-pair"],
)
def test_each_kind_of_picture_becomes_a_plain_jpeg(given: bytes) -> None:
    made = clean(given)
    assert opened(made.content).size == (64, 40)
    assert opened(made.content).mode in {"RGB", "L"}


def test_sixteen_bits_of_an_x_ray_keep_their_contrast() -> None:
    image = Image.new("I;16", (40, 40), 3000)
    image.paste(5000, (0, 0, 20, 40))
    made = opened(clean(saved(image, "PNG")).content).convert("L")
    assert made.getpixel((5, 20)) > 240  # type: ignore[operator]
    assert made.getpixel((35, 20)) < 15  # type: ignore[operator]


def test_a_large_picture_becomes_smaller_and_a_small_one_stays() -> None:
    made = clean(saved(picture((4000, 3000))))
    assert (made.width, made.height) == (child.LONGEST_SIDE, child.LONGEST_SIDE * 3 // 4)
    assert max(opened(made.thumbnail).size) == child.THUMBNAIL_SIDE
    assert clean(saved(picture())).width == 64


def _broken_chunk() -> bytes:
    return saved(picture((200, 200)), "PNG").replace(b"IDAT", b"IDAX")


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (b"", "media_empty"),
        (b"hello", "media_type"),
        (b"GIF89a" + b"\0" * 40, "media_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "media_type"),
        (b"%PDF-1.7\n", "media_type"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "media_type"),
        (b"BM" + b"\0" * 60, "media_type"),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40, "media_heic"),
        (saved(picture())[:400], "media_damaged"),
        (b"\xff\xd8\xff" + b"\0" * 400, "media_damaged"),
        (_broken_chunk(), "media_damaged"),
        (png_of(25_000, 25_000), "media_pixels"),
        (png_of(6_000, 6_000, rows=6_000), "media_pixels"),
        (png_of(2**31 - 1, 2**31 - 1, rows=0), "media_pixels"),
        (saved(picture(), "PNG", save_all=True, append_images=[picture(colour=(0, 0, 1))]), "media_frames"),
        (saved(picture(), "WEBP", save_all=True, append_images=[picture(colour=(9, 9, 9))]), "media_frames"),
        (saved(picture(), "TIFF", save_all=True, append_images=[picture()]), "media_frames"),
        (saved(picture()) + ARCHIVE, "media_two_in_one"),
        (saved(picture(), "PNG") + ARCHIVE, "media_two_in_one"),
        (saved(picture(), "PNG") + b"anything", "media_two_in_one"),
        (saved(picture(), "WEBP") + b"anything", "media_two_in_one"),
        (saved(picture(), comment=b"<SCRIPT>alert(1)</SCRIPT>"), "media_two_in_one"),
        (saved(picture(), comment=b"%PDF-1.7"), "media_two_in_one"),
        (b"\xff" * (LARGEST_FILE + 1), "media_bytes"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_is_no_plain_picture_is_refused_with_a_sentence(given: bytes, code: str) -> None:
    with pytest.raises(ImageRefused) as caught:
        clean(given)
    assert caught.value.code == code
    assert str(caught.value.sentence) == str(SENTENCES[code])


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = png_of(6_000, 6_000, rows=6_000)
    assert len(bomb) < 200_000
    started = time.monotonic()
    with pytest.raises(ImageRefused):
        clean(bomb)
    assert time.monotonic() - started < child.CPU_SECONDS


def program(folder: Path, text: str) -> Path:
    """A child of the same make that does something else once it has given up its rights."""
    path = folder / "child.py"
    path.write_text(
        f"import os, runpy, sys\nown = runpy.run_path({str(CHILD)!r})\n"
        "facts = own['give_up_rights'].__globals__\n" + text
    )
    return path


def test_one_that_computes_for_ever_is_ended(tmp_path: Path) -> None:
    looping = program(tmp_path, "facts['CPU_SECONDS'] = 1\nown['give_up_rights']()\nwhile True: pass\n")
    with pytest.raises(ImageRefused) as caught:
        clean(saved(picture()), program=looping)
    assert caught.value.code == "media_slow"


def test_one_that_waits_for_ever_is_ended(tmp_path: Path) -> None:
    waiting = program(tmp_path, "import time\nown['give_up_rights']()\ntime.sleep(600)\n")
    started = time.monotonic()
    with pytest.raises(ImageRefused) as caught:
        clean(saved(picture()), program=waiting, wall_seconds=1)
    assert caught.value.code == "media_slow"
    assert time.monotonic() - started < 10


def test_one_that_eats_memory_is_stopped(tmp_path: Path) -> None:
    hungry = program(tmp_path, "facts['ADDRESS_SPACE'] = 160 * 1024 * 1024\nown['main']()\n")
    with pytest.raises(ImageRefused) as caught:
        clean(png_of(4_500, 4_500, rows=4_500), program=hungry)
    assert caught.value.code == "media_heavy"
    assert clean(png_of(4_500, 4_500, rows=4_500)).width == child.LONGEST_SIDE


@pytest.mark.parametrize(
    "attempt",
    [
        "open('/etc/hostname')",
        "open('/tmp/opencen-child', 'w')",
        "import socket; socket.socket()",
        "os.write(1, bytes(64 * 1024 * 1024)) == 64 * 1024 * 1024 or exit(1)",
        "bytearray(4 * 1024 * 1024 * 1024)",
    ],
    ids=["read", "write", "network", "answer", "memory"],
)
def test_one_that_wants_more_than_decoding_needs_gets_nothing(tmp_path: Path, attempt: str) -> None:
    """Both ways: without giving up its rights the same program would succeed, and be refused for its answer."""
    line = '{"width": 1, "height": 1, "main": 3, "thumbnail": 3}'
    success = f"os.write(1, b'{line}' + bytes([10]) + bytes([255, 216, 255] * 2))\n"
    free = program(tmp_path, success)
    assert clean(b"x", program=free).width == 1
    bound = program(tmp_path, f"own['give_up_rights']()\n{attempt}\n{success}")
    with pytest.raises(ImageRefused):
        clean(b"x", program=bound)


@pytest.mark.parametrize(
    "answer",
    ["", "nonsense\\n", "[]\\n", '{"width": 1}\\n', '{"refused": "no such code"}\\n', "x" * 2000],
    ids=["nothing", "words", "list", "half", "unknown", "long"],
)
def test_an_answer_that_makes_no_sense_is_no_image(tmp_path: Path, answer: str) -> None:
    with pytest.raises(ImageRefused) as caught:
        clean(b"x", program=program(tmp_path, f"sys.stdout.write('{answer}')\n"))
    assert caught.value.code == "media_damaged"
