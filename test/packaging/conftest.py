"""What the tests of this folder share: the distributions, built once as for a release."""

import pytest

from support.building import Built, build, copy_project


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The wheel and the source distribution of this tree."""
    return build(copy_project(tmp_path_factory.mktemp("tree")), tmp_path_factory.mktemp("dist"))
