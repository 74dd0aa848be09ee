"""Pictures that people hand in, drawn anew.

What is kept is never the file that came, but its pixels as a PNG of ours. With the file go its
metadata (where the photograph was taken), what was hung on behind its end, and every trick that
aims at another program's decoder: a file that is a picture and a web page at once comes out as a
picture only.
"""

from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from typing import IO

from PIL import Image, ImageFile, ImageOps

from chatbo.foundation.uploads.errors import UploadError, Wrong

LARGEST = 5_000_000
MOST_PIXELS = 16_000_000
"""A telephone's photograph; 64 MB in memory, twice, for as long as it is drawn anew."""
# Only these decoders are ever asked. No SVG, which is a document with scripts; no EPS, no PSD.
FORMATS = ("PNG", "JPEG", "WEBP")


@dataclass(frozen=True)
class Picture:
    png: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return sha256(self.png).hexdigest()


def accept_picture(file: IO[bytes], *, width: int, height: int) -> Picture:
    """A picture as a PNG that fits into ``width`` by ``height``, the right way up; never enlarged.

    Takes PNG, JPEG and WebP up to 5 MB. Raises ``UploadError``.
    """
    content = file.read(LARGEST + 1)
    if not content:
        raise UploadError(Wrong.EMPTY)
    if len(content) > LARGEST:
        raise UploadError(Wrong.TOO_LARGE)
    return _drawn_anew(content, (width, height))


def _drawn_anew(content: bytes, size: tuple[int, int]) -> Picture:
    # WeasyPrint, once imported, lets Pillow take half a picture for a whole one, everywhere.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        # Reads the head only; the pixels stay packed until their number is known.
        image = Image.open(BytesIO(content), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UploadError(Wrong.TOO_MANY_PIXELS) from error
    except Exception as error:
        # A foreign file makes a decoder stumble in any way it likes; they are all one thing.
        raise UploadError(Wrong.TYPE) from error
    with image:
        if image.width * image.height > MOST_PIXELS:
            raise UploadError(Wrong.TOO_MANY_PIXELS)
        # A telephone's JPEG may carry its own small copy as a second frame (MPO).
        if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
            raise UploadError(Wrong.MOVING)
        try:
            return _drawn(image, size)
        except Exception as error:
            raise UploadError(Wrong.DAMAGED) from error


def _drawn(image: Image.Image, size: tuple[int, int]) -> Picture:
    image.draft("RGB", size)  # A large JPEG is unpacked at half, quarter, eighth of its size.
    upright = ImageOps.exif_transpose(image)
    pixels = _plain(upright)
    pixels.thumbnail(size, Image.Resampling.LANCZOS)
    # A picture without a past: Pillow would write what it has read of profiles and comments.
    clean = Image.new(pixels.mode, pixels.size)
    clean.paste(pixels)
    written = BytesIO()
    clean.save(written, "PNG", optimize=True)
    return Picture(written.getvalue(), clean.width, clean.height)


def _plain(image: Image.Image) -> Image.Image:
    """In one of two kinds, whatever it was: grey, palette, CMYK, 16 bits."""
    if image.mode.startswith("I"):  # 16 bits of grey: converting would cut, not divide
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
