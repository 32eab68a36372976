// The DuckDB headers that most units of this folder need, compiled once. connection.hpp is left out on purpose: it
// instantiates DuckDB's relation and appender code in every unit, so only query_service.cpp and project_instance.cpp
// include it.
#pragma once

#include "duckdb/catalog/catalog.hpp"
#include "duckdb/catalog/catalog_entry/schema_catalog_entry.hpp"
#include "duckdb/catalog/catalog_entry/table_catalog_entry.hpp"
#include "duckdb/common/exception.hpp"
#include "duckdb/function/table_function.hpp"
#include "duckdb/main/client_context.hpp"
#include "duckdb/planner/expression.hpp"
#include "duckdb/planner/operator/logical_get.hpp"
