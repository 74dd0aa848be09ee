"""What can be wrong with a sub-processor."""


class SubProcessorError(Exception):
    """Base of this room's errors."""


class GroundMissingError(SubProcessorError):
    """Outside the EEA nothing is published without the ground of the transfer (Art. 44 GDPR)."""

    def __init__(self, country: str) -> None:
        super().__init__(country)
        self.country = country
