"""``python -m standins --port 8001 --var DIR``: the stand-ins, on this machine only."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from standins.server import StandIns
from standins.world import Config


def main() -> int:
    parser = argparse.ArgumentParser(prog="standins", description=__doc__)
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--var", type=Path, required=True, help="folder that keeps the state")
    parser.add_argument("--webhook", default=Config.webhook, help="address of the product")
    parser.add_argument("--app-id", default=Config.app_id)
    parser.add_argument("--app-secret", default="demo-app-secret")
    parser.add_argument("--verify-token", default="demo-verify-token")
    options = parser.parse_args()
    config = Config(
        folder=options.var,
        webhook=options.webhook,
        app_id=options.app_id,
        app_secret=options.app_secret,
        verify_token=options.verify_token,
    )
    try:
        standins = StandIns(config, port=options.port)
    except OSError as error:
        sys.stderr.write(
            f"The stand-ins cannot listen on port {options.port} or write to {options.var}:"
            f" {error}. Choose others with --port and --var.\n"
        )
        return 1

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    sys.stdout.write(f"Stand-ins: {standins.url}\n")
    sys.stdout.flush()
    try:
        standins.serve()
    except KeyboardInterrupt:
        pass
    finally:
        standins.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
