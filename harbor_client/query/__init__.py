"""Harbor's languages for choosing and ordering users: the ``q`` and ``sort`` of ``GET /users``.

::

    from harbor_client.query import Q

    query = Q.username.contains("ali") & (Q.sysadmin_flag == True)
    api.list_users(q=query, sort=Q.email.desc())

``str(query)`` is the text that :meth:`harbor_client.UserApi.list_users` sends as ``q``. Harbor decodes ``q`` twice; the
client encodes it once, like every query value, and ``str(query)`` carries the other encoding.

Whatever Harbor would misunderstand is refused here, before anything is sent:

* Harbor ignores a key that it does not know and lists everybody, so an unknown field is an ``AttributeError``.
* Harbor has no "not", no "or" and no second condition on one field, so ``!=``, ``|``, ``not``, ``and``, ``or`` and
  ``in`` are ``TypeError``, and so is using a query as a truth value. ``&`` joins conditions; two ranges of one field
  become one range, and other conditions on one field are a ``ValueError``.
* Harbor's language has no escape for some characters, so a text that holds one is a ``ValueError``: see
  :class:`TextField`.
"""

from __future__ import annotations

from harbor_client.query.fields import FlagField, IdField, LoginField, Q, TextField, TimeField
from harbor_client.query.query import Query, Sort

__all__ = ["FlagField", "IdField", "LoginField", "Q", "Query", "Sort", "TextField", "TimeField"]
