"""StreamFlow from Python in one page: write, ask, look. Each `# %%` is a notebook cell.

Usage: python examples/quickstart.py        (the server: STREAMFLOW_URL, else http://localhost:8080)
"""

# %% Connect
import math
import time

import streamflow

db = streamflow.connect()
print("StreamFlow", db.version())

# %% Write an hour of two sensors, one reading a second
now = time.time_ns() // 1_000_000_000 * 1_000_000_000
readings = [
    {
        "time": now - second * 1_000_000_000,
        "sensor": sensor,
        "celsius": 20 + 3 * math.sin(second / 600 + phase),
        "humidity": 50 - second / 360,
    }
    for second in range(3600)
    for sensor, phase in (("attic", 0.0), ("cellar", 2.0))
]
print(db.write("climate", readings, tags=["sensor"]).rows, "rows written")

# %% Ask
summary = db.sql(
    """SELECT sensor, round(min(celsius), 2) AS coldest, round(max(celsius), 2) AS warmest, count(*) AS readings
    FROM climate WHERE time > now() - INTERVAL '2 hours' GROUP BY sensor ORDER BY sensor"""
)
print(summary)

# %% A frame: needs pandas
minutes = db.sql(
    """SELECT time_bucket(INTERVAL '1 minute', time) AS minute, sensor, avg(celsius) AS celsius
    FROM climate GROUP BY ALL ORDER BY minute"""
)
print(minutes.to_pandas().tail(3))

# %% A picture: needs Plotly; in a notebook the last line of a cell is shown
figure = minutes.plot(title="Two sensors")
print(len(figure.data), "lines drawn")

# %% A stream of small writes
with db.writer() as writer:
    for step in range(1000):
        writer.write("steps", {"step": step})
print(writer.statistics.delivered_rows, "rows streamed")
db.close()
