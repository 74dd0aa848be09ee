"""Pictures that people hand in: told by their content, and drawn anew."""

import struct
import tracemalloc
import zlib
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from PIL import Image, ImageFile, PngImagePlugin

from chatbo.foundation.uploads import Picture, UploadError, Wrong, accept_picture
from chatbo.foundation.uploads.pictures import LARGEST

MARKER = b"<script>alert(document.domain)</script>"


def accept(content: bytes, *, width: int = 400, height: int = 200) -> Picture:
    return accept_picture(BytesIO(content), width=width, height=height)


def refusal(content: bytes) -> Wrong:
    with pytest.raises(UploadError) as caught:
        accept(content)
    return caught.value.wrong


def drawn(
    kind: str, *, mode: str = "RGB", size: tuple[int, int] = (80, 40), **options: Any
) -> bytes:
    file = BytesIO()
    colour: Any = {"RGB": (200, 30, 30), "RGBA": (200, 30, 30, 128), "CMYK": (0, 200, 200, 40)}
    Image.new(mode, size, colour.get(mode, 1)).save(file, kind, **options)
    return file.getvalue()


def chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def png_head(width: int, height: int, pixels: bytes = b"") -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", pixels or zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        drawn("PNG"),
        drawn("PNG", mode="RGBA"),
        drawn("PNG", mode="L"),
        drawn("PNG", mode="1"),
        drawn("PNG", mode="P"),
        drawn("PNG", mode="LA"),
        drawn("JPEG"),
        drawn("JPEG", mode="L"),
        drawn("JPEG", mode="CMYK"),
        drawn("WEBP"),
        drawn("WEBP", mode="RGBA"),
        drawn("MPO", save_all=True, append_images=[Image.new("RGB", (20, 10))]),
    ],
    ids=[
        *["RGB", "RGBA", "grey", "two colours", "palette", "grey with alpha"],
        *["JPEG", "grey JPEG", "CMYK", "WebP", "WebP with alpha", "a telephone's"],
    ],
)
def test_a_picture_becomes_a_png_of_ours(content: bytes) -> None:
    picture = accept(content)
    with Image.open(BytesIO(picture.png)) as image:
        assert (image.format, image.size) == ("PNG", (80, 40))
        assert image.mode in {"RGB", "RGBA"}
    assert (picture.width, picture.height) == (80, 40)


def test_colours_and_transparency_stay() -> None:
    with Image.open(BytesIO(accept(drawn("PNG", mode="RGBA")).png)) as image:
        assert image.getpixel((5, 5)) == (200, 30, 30, 128)


def test_sixteen_bits_of_grey_are_divided_not_cut() -> None:
    file = BytesIO()
    Image.new("I;16", (8, 8), 0x8000).save(file, "PNG")
    with Image.open(BytesIO(accept(file.getvalue()).png)) as image:
        assert image.getpixel((1, 1)) == (128, 128, 128)


@pytest.mark.parametrize(
    ("size", "fitted"),
    [
        ((800, 100), (400, 50)),
        ((100, 800), (25, 200)),
        ((4000, 4000), (200, 200)),
        ((3000, 1), (400, 1)),
        ((1, 1), (1, 1)),
    ],
)
def test_it_is_made_to_fit_and_never_enlarged(
    size: tuple[int, int], fitted: tuple[int, int]
) -> None:
    for kind in ("PNG", "JPEG"):
        picture = accept(drawn(kind, size=size))
        assert (picture.width, picture.height) == fitted


def test_a_photograph_is_turned_the_right_way_up() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = accept(drawn("JPEG", exif=exif.tobytes()))
    assert (picture.width, picture.height) == (40, 80)


def with_metadata(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "SECRET-description"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 0.0)}
    options: dict[str, Any] = {"exif": exif.tobytes(), "icc_profile": b"SECRET-profile" * 20}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Author", "SECRET-author")
        options["pnginfo"].add_itxt("Comment", "SECRET-comment")
    elif kind == "JPEG":
        options["comment"] = b"SECRET-comment"
    else:
        options["xmp"] = b"<x>SECRET-xmp</x>"
    return drawn(kind, **options)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_nothing_that_came_with_the_pixels_stays(kind: str) -> None:
    """Where a photograph was taken, who drew it, what was hung on behind its end."""
    content = with_metadata(kind) + MARKER
    assert b"SECRET" in content

    picture = accept(content)

    assert b"SECRET" not in picture.png
    assert b"script" not in picture.png
    kinds = {picture.png[at + 4 : at + 8] for at in _chunks(picture.png)}
    assert kinds <= {b"IHDR", b"IDAT", b"IEND"}


def _chunks(png: bytes) -> list[int]:
    places, at = [], 8
    while at < len(png):
        places.append(at)
        at += 12 + int(struct.unpack(">I", png[at : at + 4])[0])
    assert at == len(png)
    return places


POLYGLOTS = {
    "a page behind its end": drawn("PNG") + MARKER,
    "a page in a comment": png_head(1, 1, zlib.compress(b"\0\1\2\3"))[:-12]
    + chunk(b"tEXt", b"Comment\0" + MARKER)
    + chunk(b"IEND", b""),
    "a page in a JPEG's comment": drawn("JPEG", comment=MARKER),
    "an archive behind its end": drawn("JPEG") + b"PK\x03\x04" + MARKER,
    "a chunk that nobody knows": drawn("PNG")[:-12] + chunk(b"scRp", MARKER) + chunk(b"IEND", b""),
}


@pytest.mark.parametrize("content", POLYGLOTS.values(), ids=POLYGLOTS)
def test_a_picture_that_is_something_else_as_well_comes_out_as_a_picture(content: bytes) -> None:
    assert MARKER in content
    png = accept(content).png
    assert MARKER not in png
    assert b"PK\x03\x04" not in png


def moving(kind: str) -> bytes:
    other = Image.new("RGB", (80, 40), (0, 200, 0))
    return drawn(kind, save_all=True, append_images=[other], duration=100)


REFUSED = {
    "nothing": (b"", Wrong.EMPTY),
    "one byte too many": (drawn("PNG").ljust(LARGEST + 1, b"\0"), Wrong.TOO_LARGE),
    "text": (b"no picture at all", Wrong.TYPE),
    "SVG": (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', Wrong.TYPE),
    "SVG with its declaration": (b'<?xml version="1.0"?><svg></svg>', Wrong.TYPE),
    "HTML": (b"<!doctype html><script>alert(1)</script>", Wrong.TYPE),
    "HTML before a picture": (MARKER + drawn("PNG"), Wrong.TYPE),
    "GIF": (drawn("GIF", mode="P"), Wrong.TYPE),
    "BMP": (drawn("BMP"), Wrong.TYPE),
    "TIFF": (drawn("TIFF"), Wrong.TYPE),
    "ICO": (drawn("ICO"), Wrong.TYPE),
    "EPS": (drawn("EPS"), Wrong.TYPE),
    "PDF": (drawn("PDF"), Wrong.TYPE),
    "PSD": (b"8BPS\0\1" + b"\0" * 100, Wrong.TYPE),
    "an archive": (b"PK\x03\x04" + b"\0" * 100, Wrong.TYPE),
    "only a PNG's signature": (b"\x89PNG\r\n\x1a\n", Wrong.TYPE),
    "a moving PNG": (moving("PNG"), Wrong.MOVING),
    "a moving WebP": (moving("WEBP"), Wrong.MOVING),
    "more pixels than are drawn": (png_head(4_000, 4_001), Wrong.TOO_MANY_PIXELS),
    "as many as Pillow warns of": (png_head(12_000, 10_000), Wrong.TOO_MANY_PIXELS),
    "a bomb": (png_head(50_000, 50_000), Wrong.TOO_MANY_PIXELS),
    "a JPEG that names a bomb": (
        drawn("JPEG").replace(struct.pack(">HH", 40, 80), struct.pack(">HH", 65_000, 65_000)),
        Wrong.TOO_MANY_PIXELS,
    ),
    "fewer pixels than it names": (png_head(4_000, 4_000), Wrong.DAMAGED),
    "a wrong checksum": (drawn("PNG").replace(b"IDAT", b"IDAT\xff", 1), Wrong.DAMAGED),
}


@pytest.mark.parametrize(("content", "wrong"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_still_picture_of_reasonable_size_is_refused(
    content: bytes, wrong: Wrong
) -> None:
    assert refusal(content) is wrong


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("part", [0.3, 0.6, 0.95])
def test_half_a_picture_is_refused(kind: str, part: float) -> None:
    """Although WeasyPrint, which the product has loaded, has Pillow take it for a whole one."""
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    noise = Image.effect_noise((200, 100), 80).convert("RGB")
    file = BytesIO()
    noise.save(file, kind)
    whole = file.getvalue()
    assert refusal(whole[: int(len(whole) * part)]) in {Wrong.DAMAGED, Wrong.TYPE}


def test_a_bomb_takes_no_memory() -> None:
    """2.5 gigapixels, packed to a few megabytes."""
    packing = zlib.compressobj(9)
    rows = b"".join(packing.compress(b"\0" * 1_000_000) for _ in range(100)) + packing.flush()
    content = png_head(50_000, 50_000, rows)
    tracemalloc.start()
    try:
        assert refusal(content) is Wrong.TOO_MANY_PIXELS
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_a_comment_that_unpacks_without_end_is_refused() -> None:
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"x" * 80_000_000))
    with_bomb = png_head(1, 1)[:33] + text + png_head(1, 1)[33:]
    assert refusal(with_bomb) in {Wrong.TYPE, Wrong.DAMAGED}


@effort(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=2_000), st.sampled_from(["PNG", "JPEG", "WEBP"]), st.integers(0, 300))
def test_whatever_comes_is_a_picture_or_refused(junk: bytes, kind: str, at: int) -> None:
    """A picture with something else in the middle: never another error, never more than pixels."""
    whole = drawn(kind)
    for content in (junk, whole[:at] + junk + whole[at:], whole[:at] + junk):
        try:
            picture = accept(content)
        except UploadError:
            continue
        with Image.open(BytesIO(picture.png), formats=["PNG"]) as image:
            image.load()
            assert image.width <= 400
            assert image.height <= 200
