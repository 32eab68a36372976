"""Real columns of doubles: bits a value in our blocks, in Gorilla and in Parquet with Zstd(3), the smaller of its two
versions, column chunks only. Each numeric column of each CSV file is a series of its own.

    .venv/bin/python bench/codecs_beside_parquet.py FILE.csv...
"""

import csv
import pathlib
import subprocess
import sys
import tempfile

import duckdb

BENCH = pathlib.Path(__file__).parents[1] / "build" / "release" / "bench" / "codec_bench"


def numbers(path, position):
    """The cells of a column that are numbers, as codec_bench reads them."""
    with open(path, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for row in rows:
            try:
                yield float(row[position])
            except (ValueError, IndexError):
                continue


def parquet_bits(values, folder):
    """Bits of the smaller column chunk of Parquet's versions 1 and 2."""
    plain = folder / "plain.csv"
    plain.write_text("v\n" + "\n".join(map(repr, values)) + "\n")
    sizes = []
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t AS FROM read_csv('{plain}', columns = {{'v': 'DOUBLE'}}, header = true)")
        for version in ("V1", "V2"):
            out = folder / f"{version}.parquet"
            connection.execute(
                f"COPY t TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, PARQUET_VERSION {version})"
            )
            query = f"SELECT sum(total_compressed_size), sum(num_values) FROM parquet_metadata('{out}')"
            size, count = connection.execute(query).fetchone()
            assert count == len(values), (count, len(values))
            sizes.append(8 * size)
    return min(sizes)


def main(paths):
    printed = subprocess.run([BENCH, "--csv", *paths], capture_output=True, text=True, check=True).stdout
    by_name = {pathlib.Path(path).name: path for path in paths}
    totals = [0.0] * 4
    print(f"{'file':38} {'column':12} {'values':>8} {'ours':>8} {'gorilla':>8} {'parquet':>8}")
    for line in printed.splitlines():
        name, column, count, ours, gorilla = line.rsplit(" ", 4)
        if name == "total":
            continue
        with open(by_name[name], newline="") as file:
            position = next(csv.reader(file)).index(column)
        with tempfile.TemporaryDirectory() as folder:
            values = list(numbers(by_name[name], position))
            parquet = parquet_bits(values, pathlib.Path(folder)) / len(values)
        for i, part in enumerate((1, float(ours), float(gorilla), parquet)):
            totals[i] += part * int(count)
        print(f"{name:38} {column:12} {count:>8} {float(ours):8.2f} {float(gorilla):8.2f} {parquet:8.2f}")
    count, ours, gorilla, parquet = totals
    print(f"{'total':51} {count:>8.0f} {ours / count:8.2f} {gorilla / count:8.2f} {parquet / count:8.2f}")
    print(f"ours is {100 * (1 - ours / gorilla):.1f} % below Gorilla, {100 * (1 - ours / parquet):.1f} % below Parquet")


if __name__ == "__main__":
    main(sys.argv[1:])
