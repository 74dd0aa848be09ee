"""Tests that share what is dear to start run in one worker (``--dist loadgroup``)."""

import pytest


@pytest.mark.xdist_group("kept together")
def test_whoever_hands_tests_out_knows_their_groups(request: pytest.FixtureRequest) -> None:
    hands_out_groups = getattr(request.config.option, "loadgroup", False)

    assert request.node.nodeid.endswith("@kept together") == hands_out_groups
