"""Who may call: loopback without keys, keys once there is one or the server leaves loopback."""

import re

import pytest

ROW = "m v=1 1"


def create_key(server, *options):
    made = server.command("key", "create", "--data-dir", server.data_folder, "--name", "test", "--json", *options)
    assert made.returncode == 0, made
    found = re.search(r"sfk_[a-z2-7]{12}_[A-Za-z0-9_-]+", made.stdout)
    assert found, made.stdout
    return found.group(0)


def test_without_keys_loopback_is_the_local_user(server, table):
    server.write(f"{table} v=1 1")
    assert server.sql(f"SELECT v FROM {table}") == [[1]]


@pytest.fixture
def open_server(new_server):
    """Bound to every address; these tests talk to the loopback one only."""
    return new_server(host="0.0.0.0")


def test_beyond_loopback_nobody_is_anybody_without_a_key(open_server):
    server = open_server.start()
    two = server.try_write(ROW)
    assert two.status_code == 401
    assert two.json()["code"] == "unauthorized"
    one = server.post("/write?db=default", data=ROW)
    assert one.status_code == 401
    assert one.json() == {"error": "authorization failed"}
    sql = server.try_sql("SELECT 1")
    assert sql.status_code == 401
    assert sql.headers["Content-Type"].startswith("application/problem+json")
    for path in ("/api/v1/flush", "/api/v1/keys"):
        assert server.post(path, json={}).status_code == 401
    assert server.get("/metrics").status_code in (200, 401)
    assert server.get("/health").status_code == 200


def test_a_key_opens_and_only_a_known_one(open_server):
    token = create_key(open_server)
    server = open_server.start()
    server.token = token
    server.write(ROW)
    assert server.sql("SELECT v FROM m") == [[1]]
    for scheme in ("Token", "Bearer"):
        answer = server.try_write(ROW, headers={"Authorization": f"{scheme} {token}"})
        assert answer.status_code == 204, answer.text
    answer = server.post("/write?db=default", data=ROW, auth=("anybody", token))
    assert answer.status_code == 204, answer.text
    answer = server.session.post(f"{server.url}/write?db=default&u=x&p={token}", data=ROW, timeout=60)
    assert answer.status_code == 204, answer.text
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in (changed, "sfk_aaaaaaaaaaaa_" + "A" * 43, "", "nonsense", "x" * 10_000):
        answer = server.try_write(ROW, headers={"Authorization": f"Bearer {wrong}"})
        assert answer.status_code in (401, 431), wrong


def test_the_first_key_turns_authentication_on_for_loopback_too(new_server):
    server = new_server().start()
    server.write(ROW)
    answer = server.post("/api/v1/keys", json={"name": "first"})
    assert answer.status_code in (200, 201), answer.text
    token = re.search(r"sfk_[a-z2-7]{12}_[A-Za-z0-9_-]+", answer.text).group(0)
    assert server.try_write(ROW).status_code == 401
    server.token = token
    server.write(ROW)


def test_roles_are_held_to(new_server):
    server = new_server()
    reader, writer = create_key(server, "--role", "reader"), create_key(server, "--role", "writer")
    server.start()
    server.token = writer
    server.write(ROW)
    assert server.try_sql("SELECT * FROM m").status_code == 403
    server.token = reader
    assert server.sql("SELECT v FROM m") == [[1]]
    assert server.try_write(ROW).status_code in (401, 403)
    for path in ("/api/v1/keys",):
        assert server.post(path, json={"name": "more"}).status_code == 403


def test_a_key_of_one_project_does_not_see_another(new_server):
    server = new_server()
    tokens = {project: create_key(server, "--project", project, "--role", "editor") for project in ("red", "blue")}
    server.start()
    for project, token in tokens.items():
        server.token = token
        server.write(f'm name="{project}" 1')
    for project, token in tokens.items():
        server.token = token
        assert server.sql("SELECT name FROM m") == [[project]]
    assert server.try_write(ROW, headers={}).status_code in (204, 400, 422)
    other = server.post("/write?db=red", data=ROW)
    assert other.status_code in (401, 403, 404), other.text


def test_the_secret_is_shown_once_and_stored_nowhere(new_server):
    server = new_server()
    token = create_key(server)
    server.start()
    server.token = token
    listed = server.command("key", "list", "--data-dir", server.data_folder, "--json")
    secret = token.split("_", 2)[2]
    assert secret not in listed.stdout
    assert secret not in server.get("/api/v1/keys").text
    server.stop()
    for path in server.folder.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path
