"""What the analysis methods send."""

import math

import pytest
from streamflow.analyses import analysis_sql


def test_options_become_constants():
    sql = analysis_sql(
        "forecast", "SELECT time, value FROM t; ", {"model": "o'clock", "levels": [80, 95.5], "holdout": 3}
    )
    arguments = "model => 'o''clock', levels => [80, 95.5], holdout => 3"
    assert sql == f"SELECT * FROM forecast((SELECT time, value FROM t\n), {arguments})"
    assert analysis_sql("decompose", "FROM t", {"robust": True}).endswith("robust => true)")


def test_a_comment_at_the_end_of_the_query_stays_in_it():
    assert analysis_sql("anomalies", "FROM t -- all", {}) == "SELECT * FROM anomalies((FROM t -- all\n))"


@pytest.mark.parametrize("value", [None, math.nan, math.inf, {"a": 1}, object()])
def test_what_is_no_constant_is_refused_by_name(value):
    with pytest.raises(ValueError, match="period="):
        analysis_sql("decompose", "FROM t", {"period": value})


def test_a_name_cannot_smuggle_sql():
    with pytest.raises(ValueError, match="no name"):
        analysis_sql("decompose", "FROM t", {"period => 2) --": 1})
