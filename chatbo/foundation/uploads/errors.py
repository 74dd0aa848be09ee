"""Why a file was not taken. Facts only; the sentence is the edge's."""

from enum import StrEnum


class Wrong(StrEnum):
    EMPTY = "empty"
    TOO_LARGE = "too_large"
    """More bytes than are taken."""
    TYPE = "type"
    """By its content something else, whatever its name and its header say."""
    DAMAGED = "damaged"
    """It begins as what it should be, and cannot be read to its end."""
    TOO_MANY_PIXELS = "too_many_pixels"
    MOVING = "moving"
    """A picture that moves."""
    ENCRYPTED = "encrypted"
    ACTIVE = "active"
    """Something in it acts by itself: scripts, forms that send, files to open."""
    ATTACHMENT = "attachment"
    """Other files lie in it."""
    TOO_COMPLEX = "too_complex"
    """More pages, versions or parts than a scanned contract has."""


class UploadError(Exception):
    """The file was not taken, and nothing of it is kept."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.value)
        self.wrong = wrong
