# Every foreign library, found once, under the name the folders link by. Versions: Debian 12, and scripts/versions.env.
find_package(PkgConfig REQUIRED)
pkg_check_modules(lz4 REQUIRED IMPORTED_TARGET liblz4)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(yaml REQUIRED IMPORTED_TARGET yaml-cpp)
pkg_check_modules(edit REQUIRED IMPORTED_TARGET libedit)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)

# Header-only: Eigen (MPL-2.0) for linear algebra, pocketfft (BSD) for Fourier transforms.
find_package(Eigen3 3.4 REQUIRED NO_MODULE)
add_library(pocketfft INTERFACE)
target_include_directories(pocketfft SYSTEM INTERFACE ${STREAMFLOW_DEPS}/pocketfft)
pkg_check_modules(highway REQUIRED IMPORTED_TARGET libhwy)

# Header-only Boost (Asio, Beast): no compiled Boost library is linked.
find_path(STREAMFLOW_BOOST_INCLUDE boost/beast.hpp REQUIRED)
add_library(boost_headers INTERFACE)
target_include_directories(boost_headers SYSTEM INTERFACE ${STREAMFLOW_BOOST_INCLUDE})
target_compile_definitions(boost_headers INTERFACE BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_CONCEPTS=0)
add_library(Boost::headers ALIAS boost_headers)

# SOCI's core and its SQLite back end only.
add_library(soci INTERFACE)
target_link_libraries(soci INTERFACE soci_core soci_sqlite3 sqlite3)
# Its headers' inline functions would be checked against type information that libsoci_core.so keeps to itself.
target_compile_options(soci INTERFACE -fno-sanitize=vptr)

# DuckDB: prebuilt library and headers of the identical version, fetched and checked by scripts/setup.sh.
add_library(DuckDB::DuckDB SHARED IMPORTED)
set_target_properties(DuckDB::DuckDB PROPERTIES
  IMPORTED_LOCATION ${STREAMFLOW_DEPS}/duckdb/lib/libduckdb.so
  IMPORTED_SONAME libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES ${STREAMFLOW_DEPS}/duckdb/include)
