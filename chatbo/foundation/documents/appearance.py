"""What a seal looks like on the page: who signed, for whom, when, and over which bytes.

Drawn by hand because pyHanko's own stamp sets Courier without embedding it, half transparent:
either would break PDF/A. Here every glyph comes from our embedded fonts, every colour is opaque.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from django.conf import settings
from pyhanko.pdf_utils.content import ResourceType
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.layout import BoxConstraints
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.stamp.base import BaseStamp, BaseStampStyle

from chatbo.foundation.personal_data import Medium, NoPersonalData, declare_store

declare_store(Medium.MEMORY, __name__, NoPersonalData("The font of the seals."))

Colour = tuple[float, float, float]
INK: Colour = (0.11, 0.149, 0.161)
PALE: Colour = (0.345, 0.412, 0.431)
PETROL: Colour = (0.043, 0.333, 0.388)
TINT: Colour = (0.949, 0.969, 0.973)

MARGIN = 11.0
SMALLEST = 5.5

# The mark, from static/mark.svg, on a field of 32 by 32 whose y runs downwards.
BUBBLE = (
    b"8 3 m 24 3 l 27.3 3 30 5.7 30 9 c 30 18 l 30 21.3 27.3 24 24 24 c 15.8 24 l 9.7 29.2 l"
    b" 9 29.7 8 29.3 8 28.4 c 8 24 l 4.7 24 2 21.3 2 18 c 2 9 l 2 5.7 4.7 3 8 3 c f"
)
TICK = b"3 w 1 J 1 j 1 1 1 RG 10 13.8 m 14.2 18 l 22.2 9.6 l S"


@dataclass(frozen=True)
class Line:
    """One line of text in the box. Too long for it, it is set smaller, then cut."""

    text: str
    size: float
    bold: bool = False
    colour: Colour = INK
    space_before: float = 0.0


@dataclass(frozen=True)
class SealAppearance(BaseStampStyle):
    """The style handed to pyHanko: draws the given lines into the signature field."""

    lines: Sequence[Line] = ()

    def create_stamp(
        self, writer: BasePdfFileWriter, box: BoxConstraints, text_params: dict[str, Any]
    ) -> "SealStamp":
        return SealStamp(writer, self, box=box)


class SealStamp(BaseStamp):
    """One box, drawn: a tinted ground, a petrol edge, the mark, the lines from the top."""

    style: SealAppearance

    def render(self) -> bytes:
        width, height = self.box.width, self.box.height
        drawing = [
            b"q %g %g %g rg 0 0 %g %g re f" % (*TINT, width, height),
            b"%g %g %g rg 0 0 2.5 %g re f Q" % (*PETROL, height),
            b"q %g %g %g rg 0.6 0 0 -0.6 %g %g cm" % (*PETROL, width - 28, height - 8),
            BUBBLE,
            TICK,
            b"Q",
        ]
        fonts = {bold: self._font(bold) for bold in {line.bold for line in self.style.lines}}
        baseline = float(height - 9)
        for number, line in enumerate(self.style.lines):
            # The mark stands beside the first two lines.
            room = width - 2 * MARGIN - (22 if number < 2 else 0)
            operators, size = _fitted(fonts[line.bold], line, room)
            baseline -= line.space_before + line.size * 1.3
            drawing.append(
                b"q BT %g %g %g rg /%s %g Tf 1 0 0 1 %g %g Tm %s ET Q"
                % (*line.colour, _name(line.bold), size, MARGIN, baseline, operators)
            )
        for bold, font in fonts.items():
            self.set_resource(
                category=ResourceType.FONT,
                name=pdf_name("/" + _name(bold).decode()),
                value=font.as_resource(),
            )
        return b"\n".join(drawing)

    def _font(self, bold: bool) -> GlyphAccumulator:
        # A copy of Inter without kerning (reading it takes 90 ms a seal) and with 1000 units an
        # em: pyHanko spaces the letters wrongly with 2048.
        return GlyphAccumulator(self._ensure_writer, BytesIO(_font_file(bold)), font_size=10)


@cache
def _font_file(bold: bool) -> bytes:
    folder = Path(settings.BASE_DIR) / "static" / "documents" / "fonts"
    return (folder / f"inter-seal-{600 if bold else 400}.ttf").read_bytes()


def _name(bold: bool) -> bytes:
    return b"SealBold" if bold else b"SealText"


def _fitted(font: GlyphAccumulator, line: Line, room: float) -> tuple[bytes, float]:
    """The operators that show a line within ``room`` points, and the size they need."""
    text = " ".join(line.text.split())
    size = line.size
    while (shaped := font.shape(text)).x_advance * size > room:
        if size > SMALLEST:
            size = max(SMALLEST, size * 0.94)
        else:
            text = text[:-2].rstrip() + "…"
    return shaped.graphics_ops, size
