#include "server/engine_metrics.h"

#include "server/gateway.h"
#include "server/metrics_text.h"

namespace streamflow::server {
namespace {

void append_process(MetricsText& text, const Call& call) {
  text.family("streamflow_build_info", "gauge", "Always 1; the version is a label.");
  text.sample(std::uint64_t{1}, {{"version", call.options.version}});
  const ProcessStatistics process = process_statistics();
  text.family("process_cpu_seconds_total", "counter", "User and system CPU time.");
  text.sample(process.cpu_seconds);
  text.gauge("process_resident_memory_bytes", "Resident memory.", process.resident_bytes);
  text.gauge("process_virtual_memory_bytes", "Virtual memory.", process.virtual_bytes);
  text.gauge("process_open_fds", "Open file descriptors.", process.open_files);
  text.gauge("process_max_fds", "How many file descriptors may be open.", process.open_files_max);
  text.gauge("process_threads", "Threads.", process.threads);
  text.family("process_start_time_seconds", "gauge", "Start time, seconds since the Unix epoch.");
  text.sample(process.start_time_seconds);
}

void append_http(MetricsText& text, const Call& call) {
  call.gateway.metrics().append(text);
  const HttpStatistics* http = call.gateway.http();
  if (http == nullptr) { return; }
  text.gauge("streamflow_http_connections", "Open connections.", http->connections_open);
  text.gauge("streamflow_http_connections_max", "How many may be open; more get 503.", http->connections_max);
  text.counter("streamflow_http_connections_accepted_total", "Connections accepted.", http->connections_accepted);
  text.counter("streamflow_http_connections_refused_total", "Connections over the limit.", http->connections_refused);
  text.counter("streamflow_http_received_bytes_total", "Bytes read from sockets.", http->bytes_received);
  text.counter("streamflow_http_sent_bytes_total", "Bytes written to sockets.", http->bytes_sent);
  text.counter("streamflow_http_timeouts_total", "Reads and writes that took too long.", http->timeouts);
  text.gauge("streamflow_http_body_bytes", "Bytes of request bodies in memory.", http->body_bytes);
  text.gauge("streamflow_http_body_bytes_max", "The memory they may take; more get 503.", http->bodies_bytes_max);
  text.family("streamflow_http_queue", "gauge", "Requests waiting for a thread, by lane.");
  text.sample(http->write_queue.load(), {{"lane", "write"}});
  text.sample(http->read_queue.load(), {{"lane", "read"}});
  text.gauge("streamflow_http_queue_max", "How many may wait in each lane; more get 503.", http->queue_max);
}

void append_engine(MetricsText& text, const storage::EngineStatistics& engine) {
  text.counter("streamflow_rows_written_total", "Rows stored.", engine.rows_written);
  text.counter("streamflow_points_written_total", "Field values stored.", engine.points_written);
  text.counter("streamflow_writes_total", "Write requests.", engine.requests);
  text.counter("streamflow_writes_overloaded_total", "Write requests told to come again.", engine.requests_overloaded);
  text.gauge("streamflow_memtable_bytes", "Memory of rows not yet in segments.", engine.memtable_bytes);
  text.gauge("streamflow_memtable_bytes_max", "The memory they may take.", engine.memtable_bytes_max);
  text.gauge("streamflow_memtable_rows", "Rows not yet in segments.", engine.memtable_rows);
  text.gauge("streamflow_shard_queue_bytes", "Rows waiting for the log; within streamflow_memtable_bytes_max too.",
             engine.queued_bytes);
  text.gauge("streamflow_flush_backlog", "Full memtables waiting to be written to segments.", engine.flush_backlog);
  text.gauge("streamflow_flush_backlog_bytes", "Their part of streamflow_memtable_bytes.", engine.flush_backlog_bytes);
  text.gauge("streamflow_disk_free_bytes", "Free space of the data folder's disk.", engine.disk_free_bytes);
  text.gauge("streamflow_disk_free_bytes_min", "Below it writes are told to come again.", engine.disk_free_bytes_min);
  text.gauge("streamflow_wal_bytes", "Size of the write-ahead log.", engine.wal_bytes);
  text.counter("streamflow_wal_syncs_total", "Syncs of the write-ahead log.", engine.wal_syncs);
  text.seconds("streamflow_wal_sync_seconds_total", "Time spent in them.", engine.wal_sync_ns);
  text.gauge("streamflow_segments", "Segment files.", engine.segment_count);
  text.gauge("streamflow_segment_bytes", "Their size.", engine.segment_bytes);
  text.gauge("streamflow_segment_rows", "Their rows.", engine.segment_rows);
  text.counter("streamflow_flushes_total", "Memtables written out.", engine.flushes);
  text.seconds("streamflow_flush_seconds_total", "Time spent writing them.", engine.flush_ns);
  text.counter("streamflow_compactions_total", "Merges of segments.", engine.compactions);
  text.counter("streamflow_compactions_failed_total", "Merges that failed and will be tried again.",
               engine.compaction_failures);
  text.seconds("streamflow_compaction_seconds_total", "Time spent merging.", engine.compaction_ns);
  text.counter("streamflow_compaction_read_bytes_total", "Size of segments merged.", engine.compaction_bytes_in);
  text.counter("streamflow_compaction_written_bytes_total", "Size of segments made of them.",
               engine.compaction_bytes_out);
  text.gauge("streamflow_compaction_debt_segments", "Segments that share their time partition with others.",
             engine.compaction_debt_segments);
  text.gauge("streamflow_compaction_debt_bytes", "Their size.", engine.compaction_debt_bytes);
  text.gauge("streamflow_series", "Series known.", engine.series_count);
  text.gauge("streamflow_tables", "Tables.", engine.table_count);
  text.gauge("streamflow_replay_backlog_bytes",
             "Of the log, found at the start and not yet applied: reads wait for it.", engine.replay_backlog_bytes);
  text.gauge("streamflow_recovered_records", "Log records replayed at the last start.", engine.recovered_records);
  text.gauge("streamflow_torn_bytes", "Bytes of unfinished records cut from the log at the last start.",
             engine.torn_bytes);
  text.gauge("streamflow_log_losses", "Damaged ranges of the log set aside.", engine.losses.size());
  text.gauge("streamflow_segments_lost", "Segments that could not be opened; their rows are missing.",
             engine.lost_segments.size());
  text.gauge("streamflow_shards_stopped", "Shards that take no writes after an I/O error.", engine.shard_errors.size());
}

void append_queries(MetricsText& text, const query::QueryService::Statistics& queries) {
  text.counter("streamflow_queries_total", "SQL statements.", queries.queries);
  text.counter("streamflow_queries_failed_total", "Statements that failed.", queries.failed);
  text.counter("streamflow_queries_cancelled_total", "Statements cancelled.", queries.cancelled);
  text.counter("streamflow_queries_timed_out_total", "Statements over their time.", queries.timed_out);
  text.counter("streamflow_query_rows_total", "Rows delivered.", queries.rows);
  text.gauge("streamflow_queries_running", "Statements running now.", queries.running);
  text.gauge("streamflow_query_memory_bytes", "Memory of the SQL engine, running queries and caches.",
             queries.memory_bytes);
  text.gauge("streamflow_query_memory_bytes_max", "The memory it may take; a query that wants more fails.",
             queries.memory_bytes_max);
}

}  // namespace

std::string metrics_page(const Call& call) {
  MetricsText text;
  append_process(text, call);
  append_http(text, call);
  append_engine(text, call.services.engine_statistics());
  append_queries(text, call.services.query_statistics());
  return text.take();
}

}  // namespace streamflow::server
