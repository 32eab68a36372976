# The web page and the server's own pages, inside the binary. Vite builds the page into <build>/web/dist when a source of
# it changed; scripts/embed_files.py turns the result into an assembler and a C++ file of streamflow_server.
enable_language(ASM)
find_program(STREAMFLOW_NODE node REQUIRED)
find_package(Python3 REQUIRED COMPONENTS Interpreter)

set(web ${CMAKE_SOURCE_DIR}/web)
set(embedded ${CMAKE_BINARY_DIR}/web)
file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS ${web}/src/* ${web}/build-tools/* ${web}/public/*)
list(FILTER web_sources EXCLUDE REGEX "\\.test\\.tsx?$")
list(APPEND web_sources ${web}/index.html ${web}/vite.config.ts ${web}/tsconfig.json ${web}/package.json ${web}/package-lock.json)

add_custom_command(
  OUTPUT ${embedded}/dist/index.html
  COMMAND ${CMAKE_COMMAND} -E env STREAMFLOW_WEB_OUT=${embedded}/dist
          ${STREAMFLOW_NODE} ${web}/node_modules/vite/bin/vite.js build --logLevel warn
  WORKING_DIRECTORY ${web}
  DEPENDS ${web_sources}
  COMMENT "Building the web page"
  VERBATIM)

add_custom_command(
  OUTPUT ${embedded}/embedded_files.cpp ${embedded}/embedded_bytes.S
  COMMAND ${Python3_EXECUTABLE} ${CMAKE_SOURCE_DIR}/scripts/embed_files.py ${CMAKE_SOURCE_DIR}/src/server/assets
          ${embedded}/dist ${embedded}
  DEPENDS ${embedded}/dist/index.html ${CMAKE_SOURCE_DIR}/scripts/embed_files.py
          ${CMAKE_SOURCE_DIR}/src/server/assets/openapi.json ${CMAKE_SOURCE_DIR}/src/server/assets/docs.html
  COMMENT "Embedding the web page"
  VERBATIM)

# The assembler file names its inputs by their content, so it changes whenever they do.
target_sources(streamflow_server PRIVATE ${embedded}/embedded_files.cpp ${embedded}/embedded_bytes.S)
