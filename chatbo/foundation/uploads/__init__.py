"""Files that people hand in: what they are is told by their content, and what is kept is ours."""

from chatbo.foundation.uploads.errors import UploadError, Wrong
from chatbo.foundation.uploads.pdfs import Pdf, accept_pdf
from chatbo.foundation.uploads.pictures import Picture, accept_picture
from chatbo.foundation.uploads.requests import takes_files

__all__ = [
    "Pdf",
    "Picture",
    "UploadError",
    "Wrong",
    "accept_pdf",
    "accept_picture",
    "takes_files",
]
