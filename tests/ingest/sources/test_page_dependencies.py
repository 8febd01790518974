"""Pages can be read with what pyproject.toml declares, also where an installer drops an extra.

pip 23 (Debian 12) compares the names of extras letter for letter: justext asks for lxml[html_clean], lxml calls that
extra "html-clean", and the package behind it is not installed. PEP 685 settled it for later versions.
"""

import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[3]
REQUIREMENT = re.compile(r"\s*([A-Za-z0-9._-]+)\s*(?:\[([^\]]*)\])?")
EXTRA = re.compile(r"""extra\s*==\s*["']([^"']+)["']""")

READ_PAGE = """
import sys

class Missing:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] in MISSING:
            raise ModuleNotFoundError(f"{name} is not declared in pyproject.toml", name=name)

MISSING = set(sys.argv[1].split(","))
sys.meta_path.insert(0, Missing)
from ingest.sources.kinds.page import ListedArticle, _extracted
text = "Acme opened a laboratory for small language models on Monday, its first outside of Europe. " * 5
page = f"<html><head><title>Acme opens a lab</title></head><body><article><h1>Acme opens a lab</h1><p>{text}</p>"
print(_extracted(page.encode(), ListedArticle("https://acme.example/lab"))[0])
"""


def normal(name: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed_by_pip_23(requirements: list[str]) -> set[str]:
    """The distributions that come with some requirements, where extras must be spelt as their package spells them."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    queue = [(text, "") for text in requirements]
    while queue:
        text, wanted_extra = queue.pop()
        condition = EXTRA.search(text)
        if condition and condition[1] != wanted_extra:
            continue
        match = REQUIREMENT.match(text)
        assert match, text
        name = normal(match[1])
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            # For another platform or Python.
            continue
        offered = installed.metadata.get_all("Provides-Extra") or []
        extras = [extra for extra in re.split(r"\s*,\s*", match[2] or "") if extra in offered]
        found.add(name)
        for extra in ("", *extras):
            if (name, extra) not in seen:
                seen.add((name, extra))
                queue += [(line, extra) for line in installed.requires or []]
    return found


def undeclared_modules(requirements: list[str]) -> set[str]:
    """The installed top-level modules that pip 23 would not install for some requirements."""
    installed = {"trendbot"} | installed_by_pip_23(requirements)
    modules = packages_distributions()
    return {module for module, names in modules.items() if installed.isdisjoint(map(normal, names))}


def read_page(missing: set[str]) -> subprocess.CompletedProcess[str]:
    """Reads a page in a new interpreter in which these modules can't be imported."""
    return subprocess.run(
        [sys.executable, "-c", READ_PAGE, ",".join(sorted(missing))],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )


def declared() -> list[str]:
    """The dependencies of the program itself, without those of its developers."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return list(tomllib.load(file)["project"]["dependencies"])


def test_a_page_is_read_with_the_declared_dependencies_alone():
    missing = undeclared_modules(declared())
    assert "pytest" in missing, "the tools of developers are not there"
    answer = read_page(missing)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert answer.stdout.strip() == "Acme opens a lab"


def test_without_our_own_line_pip_23_would_leave_out_what_reads_pages():
    requirements = [line for line in declared() if not line.startswith("lxml-html-clean")]
    missing = undeclared_modules(requirements)
    assert "lxml_html_clean" in missing
    answer = read_page(missing)
    assert answer.returncode != 0
    assert "lxml_html_clean" in answer.stderr
