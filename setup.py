"""How the package is built: `pip install .` and `python -m build`."""

from __future__ import annotations

import re
import runpy
import tempfile
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.sdist import sdist

README = Path("README.md").read_text(encoding="utf-8")

# setuptools never empties its build folder, so a module that was removed or renamed would stay in the wheel.
BUILD = tempfile.TemporaryDirectory()


class WholeProject(sdist):
    """A source distribution with the tests and the documentation."""

    def make_distribution(self) -> None:
        for name in ("requirements.txt", "test-requirements.txt", "tox.ini", ".*.ini", ".*.json", ".*.toml", ".*rc"):
            self.filelist.include(name)
        for folder in ("docs", "test"):
            self.filelist.graft(folder)
        self.filelist.global_exclude("*.py[cod]")
        super().make_distribution()


setup(
    name="harbor-registry-client",
    version=runpy.run_path("harbor_client/_version.py")["__version__"],
    description="Client for users and roles in the Harbor container registry, made for unattended automation",
    # Links into the source tree lead nowhere on a package index: the lines that hold them are left out.
    long_description=re.sub(r"(?m)^.*\]\((?!https:|#).*\n", "", README),
    long_description_content_type="text/markdown",
    license_expression="Apache-2.0",
    license_files=["LICENSE"],
    keywords="harbor registry client users administration automation",
    project_urls={"Harbor": "https://goharbor.io"},
    packages=find_packages(include=["harbor_client", "harbor_client.*"]),
    package_data={"harbor_client": ["py.typed", "**/*.pyi"]},
    entry_points={"console_scripts": ["harbor-users = harbor_client.cli:main"]},
    python_requires=">=3.10",
    install_requires=Path("requirements.txt").read_text(encoding="utf-8"),
    extras_require={"cli": ["shtab", "tqdm"], "socks": ["PySocks>=1.7"]},
    classifiers=[
        "Development Status :: 5 - Production/Stable",
        "Environment :: Console",
        "Intended Audience :: Developers",
        "Intended Audience :: System Administrators",
        "Operating System :: OS Independent",
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        *(f"Programming Language :: Python :: 3.{minor}" for minor in range(10, 16)),
        "Topic :: Software Development :: Libraries :: Python Modules",
        "Topic :: System :: Systems Administration",
        "Typing :: Typed",
    ],
    cmdclass={"sdist": WholeProject},
    options={"build": {"build_base": BUILD.name}},
)
