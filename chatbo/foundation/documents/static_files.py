"""The only door through which WeasyPrint gets fonts, styles and pictures: our static folder.

Imports WeasyPrint, so ``render`` imports it when the first document is made.
"""

import mimetypes
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse


class RefusedError(FatalURLFetchingError):
    """Stops the rendering. An ordinary error WeasyPrint would log, and leave a hole in the page."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


class StaticFilesOnly(URLFetcher):
    """Serves files below one folder; refuses hosts, other files, and ``data:`` all the same.

    Links (``..`` and symbolic ones) are followed before the comparison.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(allowed_protocols=["file"], allow_redirects=False)
        self._folder = folder.resolve()

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        parts = urlsplit(url)
        if parts.scheme != "file" or parts.netloc:
            raise RefusedError(url)
        path = Path(unquote(parts.path)).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            raise RefusedError(url)
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
