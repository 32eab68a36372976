// Every route's handler, by the file it lives in.
// Threads:    any; a handler keeps no state of its own.
#pragma once

#include "server/route.h"

namespace streamflow::server::routes {

// write.cpp
Response write_influx(Call& call);  // /write and /api/v2/write
Response write_own(Call& call);     // /api/v1/write
// write_arrow.cpp
Response write_arrow(Call& call);  // /api/v1/write/arrow
// sql.cpp
Response sql_post(Call& call);
Response sql_get(Call& call);
// chart.cpp
Response chart(Call& call);
// influx.cpp
Response influx_query(Call& call);
Response influx_buckets(Call& call);
Response influx_create_bucket(Call& call);
Response influx_orgs(Call& call);
// keys.cpp
Response list_keys(Call& call);
Response create_key(Call& call);
Response revoke_key(Call& call);
// deletes.cpp
Response delete_rows(Call& call);         // /api/v1/delete
Response list_deletes(Call& call);        // /api/v1/deletes
Response influx_delete_rows(Call& call);  // /api/v2/delete
// health.cpp
Response health(Call& call);
Response ready(Call& call);
Response ping(Call& call);
Response metrics(Call& call);
Response flush(Call& call);
Response compact(Call& call);
// pages.cpp
Response app(Call& call);       // the web application's document
Response app_file(Call& call);  // its scripts and styles
Response docs(Call& call);
Response openapi(Call& call);

// A JSON answer.
Response json_response(int status, std::string body);

}  // namespace streamflow::server::routes
