"""The command line as scripts use it: output on stdout, trouble on stderr, exit codes that mean something."""

import csv
import io
import json

import pytest

AT = 1_700_000_000_123_456_789
OK, FAILED, USAGE, CONNECTION, UNAUTHORIZED = 0, 1, 2, 3, 4


@pytest.fixture(scope="module")
def sample(server):
    server.write([f"cli_sample,host=h{index} v={index}.5 {AT + index}" for index in range(3)])
    return "cli_sample"


def sql(server, *arguments):
    return server.command("sql", "--url", server.url, *arguments)


def test_version(server):
    shown = server.command("version")
    assert shown.returncode == OK
    assert "0.1.0" in shown.stdout
    assert "1.5.6" in shown.stdout, "DuckDB's version"
    assert "0.1.0" in json.dumps(json.loads(server.command("version", "--json").stdout))


def test_help_names_every_subcommand(server):
    shown = server.command("--help")
    assert shown.returncode == OK
    for name in ("serve", "import", "sql", "demo", "doctor", "key", "version"):
        assert name in shown.stdout


def test_table(server, sample):
    shown = sql(server, "-c", f"SELECT * FROM {sample} ORDER BY time")
    assert shown.returncode == OK, shown
    for text in ("host", "h2", "2.5", "2023-11-14", "22:13:20.123456791"):
        assert text in shown.stdout, shown.stdout


def test_csv(server, sample):
    shown = sql(server, "--format", "csv", "-c", f"SELECT host, v, time FROM {sample} ORDER BY time LIMIT 1")
    assert shown.returncode == OK, shown
    assert list(csv.reader(io.StringIO(shown.stdout))) == [
        ["host", "v", "time"],
        ["h0", "0.5", "2023-11-14T22:13:20.123456789Z"],
    ]


def test_json(server, sample):
    shown = sql(server, "--format", "json", "-c", f"SELECT count(*) AS n FROM {sample}")
    assert shown.returncode == OK, shown
    assert "3" in json.dumps(json.loads(shown.stdout))


def test_file(server, sample, tmp_path):
    script = tmp_path / "query.sql"
    script.write_text(f"-- how many\nSELECT count(*) AS how_many FROM {sample};\n")
    shown = sql(server, "--file", script)
    assert shown.returncode == OK, shown
    assert "how_many" in shown.stdout and "3" in shown.stdout


def test_a_wrong_query_fails_on_stderr(server):
    shown = sql(server, "-c", "SELECT * FROM no_such_table")
    assert shown.returncode == FAILED
    assert shown.stdout == ""
    assert "no_such_table" in shown.stderr


def test_a_wrong_option_is_usage(server):
    shown = sql(server, "--no-such-option")
    assert shown.returncode == USAGE
    assert "--no-such-option" in shown.stderr


def test_an_unknown_subcommand_is_usage(server):
    assert server.command("frobnicate").returncode == USAGE


def test_no_server_is_named_with_its_address(server):
    shown = server.command("sql", "--url", "http://127.0.0.1:1", "-c", "SELECT 1")
    assert shown.returncode == CONNECTION
    assert "127.0.0.1:1" in shown.stderr


def run_import(server, *arguments):
    return server.command("import", "--url", server.url, *arguments)


def test_import_csv_keeps_every_row(server, table, tmp_path):
    path = tmp_path / "days.csv"
    path.write_text("date,city,high\n2020-01-01,Oslo,1.5\n2020-01-01,Oslo,1.5\n2020-01-02,Lima,25\n")
    shown = run_import(server, "--table", table, "--tag", "city", path)
    assert shown.returncode == OK, shown
    rows = server.sql(f"SELECT city, high, time FROM {table} ORDER BY time")
    assert rows == [
        ["Oslo", 1.5, "2020-01-01T00:00:00Z"],
        ["Oslo", 1.5, "2020-01-01T00:00:00Z"],
        ["Lima", 25, "2020-01-02T00:00:00Z"],
    ]


def test_import_parquet(server, table, tmp_path):
    import pyarrow
    import pyarrow.parquet

    times = pyarrow.array([AT + index for index in range(1000)], pyarrow.timestamp("ns"))
    path = tmp_path / "rows.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"time": times, "v": list(range(1000))}), path)
    shown = run_import(server, "--table", table, path)
    assert shown.returncode == OK, shown
    assert server.sql(f"SELECT count(*), sum(v)::BIGINT, epoch_ns(max(time)) FROM {table}") == [
        [1000, 499500, AT + 999]
    ]


def test_import_line_protocol(server, table, tmp_path):
    path = tmp_path / "rows.lp"
    path.write_text(f"{table},host=a v=1 {AT}\n{table},host=b v=2 {AT}\n")
    shown = run_import(server, path)
    assert shown.returncode == OK, shown
    assert server.sql(f"SELECT host, v FROM {table} ORDER BY host") == [["a", 1], ["b", 2]]


def test_import_of_a_missing_file(server, table):
    shown = run_import(server, "--table", table, "/nowhere/rows.csv")
    assert shown.returncode == FAILED
    assert "/nowhere/rows.csv" in shown.stderr


def test_import_without_a_time_column_lists_the_columns(server, table, tmp_path):
    path = tmp_path / "names.csv"
    path.write_text("first,second\na,b\n")
    shown = run_import(server, "--table", table, path)
    assert shown.returncode == FAILED
    assert "first" in shown.stderr and "second" in shown.stderr


def test_doctor_reads_the_configuration_back(server, tmp_path):
    config = tmp_path / "streamflow.yaml"
    config.write_text("query:\n  timeout: 7s\n")
    shown = server.command("doctor", "--config", config, "--data-dir", tmp_path / "data")
    assert shown.returncode == OK, shown
    assert "7s" in shown.stdout
    assert "streamflow.yaml:2" in shown.stdout


def test_doctor_names_a_mistake(server, tmp_path):
    config = tmp_path / "streamflow.yaml"
    config.write_text("query:\n  timeoot: 7s\n")
    shown = server.command("doctor", "--config", config, "--data-dir", tmp_path / "data")
    assert shown.returncode != OK
    assert "timeoot" in shown.stdout + shown.stderr


def test_a_key_by_environment_opens_a_closed_server(new_server):
    server = new_server(host="0.0.0.0")
    made = server.command("key", "create", "--data-dir", server.data_folder, "--name", "cli", "--json")
    assert made.returncode == OK, made
    server.start()
    assert sql(server, "-c", "SELECT 1").returncode == UNAUTHORIZED
    server.token = json.loads(made.stdout)["token"]
    assert sql(server, "-c", "SELECT 1").returncode == OK
