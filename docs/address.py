"""Say where the project is: python docs/address.py https://github.com/NAME/REPOSITORY

From this one address come `[project.urls]` in pyproject.toml, with which README's links and
pictures are whole on a package index, and the links at the top of README: to the pages that the
workflow publishes, and to Binder. It is run in the repository, and again should that move.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

FIRST = "00_start_here.ipynb"
REPOSITORY = re.compile(r"https://github\.com/([\w-]+)/([\w.-]+?)(?:\.git)?/?")
URLS = re.compile(r"(?:\[project\.urls\]\n(?:.+\n)+\n)?(?=\[project\.optional-dependencies\])")
LINKS = re.compile(r"(?<=^<!-- links -->\n).*?(?=\n<!-- links end -->$)", re.M | re.S)


def write(address: str, folder: str | Path = ".") -> None:
    """Write an address into pyproject.toml and README.md of a folder."""
    if not (found := REPOSITORY.fullmatch(address)):
        raise ValueError(
            f"address={address!r}: address must be like https://github.com/NAME/REPOSITORY"
        )
    owner, name = found.groups()
    source = f"https://github.com/{owner}/{name}"
    site = f"https://{owner.lower()}.github.io/"
    site += f"{name}/" * (name.lower() != f"{owner.lower()}.github.io")
    changes = f"{source}/blob/HEAD/CHANGELOG.md"
    urls = {"Homepage": site, "Source": source, "Issues": f"{source}/issues", "Changelog": changes}
    binder = f"https://mybinder.org/v2/gh/{owner}/{name}/HEAD?urlpath=lab/tree/notebooks/{FIRST}"
    links = (
        f"**[Read]({site})** · **[Run in the browser]({site}run/lab/index.html?path={FIRST})** · "
        f"[Binder]({binder})"
    )
    table = "".join(f'{key} = "{value}"\n' for key, value in urls.items())
    for file, place, text in (
        ("pyproject.toml", URLS, f"[project.urls]\n{table}\n"),
        ("README.md", LINKS, links),
    ):
        path = Path(folder, file)
        before = path.read_text(encoding="utf-8")
        if not place.search(before):
            raise ValueError(f"{path} has no place for the address")
        path.write_text(place.sub(lambda _, text=text: text, before, count=1), encoding="utf-8")


def main(arguments=None) -> int:
    parser = argparse.ArgumentParser(
        prog="python docs/address.py", description=__doc__.splitlines()[0]
    )
    parser.add_argument("address", help="https://github.com/NAME/REPOSITORY")
    try:
        write(parser.parse_args(arguments).address)
    except (OSError, ValueError) as error:
        parser.error(str(error))
    print("pyproject.toml and the links at the top of README.md lead there now.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
