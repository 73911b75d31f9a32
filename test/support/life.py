"""A script with calls of every kind: plain, with a model, in the background, an error, a search through `Users`."""

#: Prints "fine" and nothing else. HARBOR_URL, HARBOR_USERNAME and HARBOR_PASSWORD lead it to a Harbor.
LIFE = """
import harbor_client
with harbor_client.ApiClient(harbor_client.Configuration.from_env()) as client:
    api = harbor_client.UserApi(client)
    name = "u" + __import__("os").urandom(4).hex()
    wanted = harbor_client.UserCreationReq(
        username=name, email=name + "@example.com", realname="A user", password="Secret12345"
    )
    _, status, headers = api.create_user_with_http_info(wanted)
    user_id = int(headers["Location"].rpartition("/")[2])
    found = api.get_user(user_id, async_req=True).get(30)
    if (status, found.username, found.creation_time.tzinfo is None) != (201, name, False):
        raise SystemExit(f"unexpected: {status} {found}")
    if harbor_client.Users(client).find(name).user_id != user_id:
        raise SystemExit("not found")
    api.delete_user(user_id)
    try:
        api.get_user(user_id)
    except harbor_client.ApiException as error:
        if error.status != 404:
            raise
    else:
        raise SystemExit("still there")
print("fine")
"""

#: The same without calls in the background.
SINGLE = LIFE.replace("async_req=True).get(30)", "_request_timeout=30)")
