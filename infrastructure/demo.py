"""``python -m infrastructure.demo url|reset``: the owner's address; an empty VAR_DIR."""

import os
import sys
from pathlib import Path

from chatbo import embedded

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    var_dir = (ROOT / os.environ.get("VAR_DIR", "var")).resolve()
    try:
        if sys.argv[1:] == ["reset"]:
            embedded.discard(var_dir)
            print(f"{var_dir} is empty.")
            return 0
        print(owner_url(var_dir))
    except embedded.EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def owner_url(var_dir: Path) -> str:
    """Of the server that is set, or else of the embedded one."""
    if url := os.environ.get("DATABASE_OWNER_URL"):
        return url
    if os.environ.get("DATABASE_URL"):
        raise embedded.EmbeddedError("DATABASE_URL is set, but DATABASE_OWNER_URL is not: set it.")
    known = embedded.addresses(var_dir)
    if known is None:
        raise embedded.EmbeddedError("There is no database yet: start it with `make run`.")
    return known.owner_url


if __name__ == "__main__":
    sys.exit(main())
