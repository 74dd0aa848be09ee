"""Somebody's session by plain HTTP, where a journey has seen the pages themselves already."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from chatbo.dashboard.demo.people import PASSWORD
from tests.journey.processes import Product


@contextmanager
def logged_in(product: Product, address: str) -> Iterator[httpx.Client]:
    """A session as a browser has one, token against forged requests included."""
    with httpx.Client(base_url=product.url, follow_redirects=True, trust_env=False) as client:
        client.get("/accounts/login/")
        answer = post(client, "/accounts/login/", login=address, password=PASSWORD)
        assert "sessionid" in client.cookies, answer.status_code
        yield client


def post(client: httpx.Client, path: str, **fields: str) -> httpx.Response:
    answer = client.post(path, data={**fields, "csrfmiddlewaretoken": client.cookies["csrftoken"]})
    assert answer.status_code == 200, path
    return answer
