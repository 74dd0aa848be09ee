"""Time stamps of a third party (RFC 3161), when TSA_URL names one: PAdES B-B becomes B-T."""

import httpx
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
LARGEST_ANSWER = 100_000


class HttpTimeStamper(TimeStamper):
    """Asks the configured authority. Follows no redirect and no proxy of the environment."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = url

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Raises TimestampRequestError when no valid answer comes; the seal is then not set."""
        try:
            async with (
                httpx.AsyncClient(
                    timeout=TIMEOUT, follow_redirects=False, trust_env=False
                ) as client,
                client.stream(
                    "POST",
                    self._url,
                    content=req.dump(),
                    headers={"Content-Type": "application/timestamp-query"},
                ) as response,
            ):
                response.raise_for_status()
                if response.headers.get("Content-Type") != "application/timestamp-reply":
                    raise TimestampRequestError("the answer is no time stamp")
                body = b""
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > LARGEST_ANSWER:
                        raise TimestampRequestError("the answer is too large")
        except httpx.HTTPError as error:
            raise TimestampRequestError(f"no time stamp: {type(error).__name__}") from error
        try:
            return tsp.TimeStampResp.load(body, strict=True)
        except ValueError as error:
            raise TimestampRequestError("the answer is no time stamp") from error
