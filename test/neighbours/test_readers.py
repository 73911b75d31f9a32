"""Tools that show code and objects to people: Sphinx and IPython."""

import os
import subprocess
import sys
from pathlib import Path

import harbor_client

FOUND = {**os.environ, "PYTHONPATH": str(Path(harbor_client.__file__).resolve().parents[1])}

PAGE = """
Reference
=========
.. automodule:: harbor_client
   :members:
   :imported-members:
.. automodule:: harbor_client.passwords
   :members:
.. automodule:: harbor_client.query
   :members:
.. automodule:: harbor_client.testing
   :members:
"""

SESSION = """
import harbor_client
from IPython.core.completer import provisionalcompleter
request = harbor_client.UserCreationReq(username="alice", password="Secret12345")
display(request)
with provisionalcompleter():
    print(sorted(found.text for found in get_ipython().Completer.completions("harbor_client.UserR", 19)))
get_ipython().run_line_magic("pinfo2", "harbor_client.UserCreationReq")
"""


def test_sphinx_reads_every_docstring_without_a_warning(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text('extensions = ["sphinx.ext.autodoc", "sphinx.ext.napoleon"]\n')
    (tmp_path / "index.rst").write_text(PAGE)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", str(tmp_path), str(tmp_path / "html")]
    done = subprocess.run(command, env=FOUND, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "html/index.html").read_text(encoding="utf-8")
    assert all(name in page for name in ("ensure_absent", "get_user", "FakeHarbor", "TimeoutException"))
    assert all(meaning in page for meaning in ("The email address.", "The login name; unique"))


def test_ipython_shows_models_without_secrets_explains_their_fields_and_completes_lazy_names(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "--quick", "-c", SESSION]
    environment = {**FOUND, "IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "'username': 'alice'" in done.stdout
    assert "Secret12345" not in done.stdout
    assert "UserResp" in done.stdout
    assert "The login name; unique" in done.stdout
