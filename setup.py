"""README as a package index shows it, with whole addresses; all else stands in pyproject.toml."""

import re
import tomllib
from pathlib import Path

LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^)\s]+)\)")


def for_an_index(text, repository):
    """A text whose links into the repository lead to its address on the web.

    Without an address what is linked is plain words, and pictures are left out.
    """

    def whole(link):
        picture, words, place = link.groups()
        if re.match(r"[a-z]+:|#", place):
            return link[0]
        if not repository:
            return "" if picture else words
        return f"{picture}[{words}]({repository}/{'raw' if picture else 'blob'}/HEAD/{place})"

    return LINK.sub(whole, text)


if __name__ == "__main__":
    from setuptools import setup

    here = Path(__file__).parent
    project = tomllib.loads((here / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    readme = (here / "README.md").read_text(encoding="utf-8")
    repository = project.get("urls", {}).get("Source", "")
    setup(
        long_description=for_an_index(readme, repository),
        long_description_content_type="text/markdown",
    )
