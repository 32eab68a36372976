// The DuckDB headers that every unit of this folder needs, compiled once.
#pragma once

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/function/table_function.hpp"
