"""Make ``static/fonts/`` from the npm package @fontsource/inter: woff2 for pages, TTF for PDFs.

Run once, after raising the package's version (``.venv/bin/python frontend/fonts.py``); its output
is committed. Pages load the two ranges apart, so that most fetch only the first. PDFs want one
file a weight: WeasyPrint embeds a subset of it, and pyHanko's stamps read nothing but TTF or OTF.
"""

import shutil
import tempfile
from pathlib import Path

from fontTools.merge import Merger
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "@fontsource" / "inter"
TARGET = ROOT / "static" / "fonts"
WEIGHTS = {400: "Regular", 500: "Medium", 600: "SemiBold", 700: "Bold"}
RANGES = ("latin", "latin-ext")


def name_font(font: TTFont, weight: int, style: str) -> None:
    """The subsets carry no names of their own, and fontconfig tells fonts apart by theirs."""
    names = {
        1: "Inter" if weight in (400, 700) else f"Inter {style}",
        2: style if weight in (400, 700) else "Regular",
        4: f"Inter {style}",
        6: f"Inter-{style}",
        16: "Inter",
        17: style,
    }
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    shutil.copy(SOURCE / "LICENSE", TARGET / "LICENSE.txt")
    with tempfile.TemporaryDirectory() as folder:
        for weight, style in WEIGHTS.items():
            parts = []
            for subset in RANGES:
                woff2 = TARGET / f"inter-{subset}-{weight}.woff2"
                shutil.copy(SOURCE / "files" / f"inter-{subset}-{weight}-normal.woff2", woff2)
                part = TTFont(woff2)
                part.flavor = None
                parts.append(Path(folder) / f"{subset}.ttf")
                part.save(parts[-1])
            merged = Merger().merge([str(part) for part in parts])
            name_font(merged, weight, style)
            merged.save(TARGET / f"Inter-{style}.ttf")


if __name__ == "__main__":
    main()
