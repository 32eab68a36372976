#include "tsbs_arrow.h"

#include <algorithm>
#include <cstring>

#include "query/results/arrow_flatbuffer.h"

namespace streamflow::bench {
namespace {

using query::FlatbufferWriter;
using Position = FlatbufferWriter::Position;

// Numbers of Schema.fbs and Message.fbs.
constexpr std::uint64_t kVersion5 = 4, kSchema = 1, kDictionaryBatch = 2, kRecordBatch = 3;
constexpr std::uint64_t kInteger = 2, kUtf8 = 5, kTimestamp = 10, kNanoseconds = 3;

void append_message(FlatbufferWriter& writer, std::string_view body, std::string& out) {
  const std::string_view metadata = writer.bytes();
  const std::uint32_t prefix[2] = {0xFFFFFFFFU, static_cast<std::uint32_t>(metadata.size())};
  out.append(reinterpret_cast<const char*>(prefix), sizeof prefix);
  out += metadata;
  out += body;
}

Position add_message(FlatbufferWriter& writer, std::uint64_t kind, std::size_t body_bytes) {
  return writer.table({{0, 2, kVersion5}, {1, 1, kind}, FlatbufferWriter::reference(2), {3, 8, body_bytes}});
}

Position add_integer(FlatbufferWriter& writer, std::uint64_t bits) {
  return writer.table({{0, 4, bits}, {1, 1, 1}});
}

Position add_field(FlatbufferWriter& writer, const std::string& name, std::uint64_t type) {
  const Position field = writer.table({FlatbufferWriter::reference(0),
                                       {1, 1, 1},
                                       {2, 1, type},
                                       FlatbufferWriter::reference(3),
                                       FlatbufferWriter::reference(4)});
  writer.set_reference(field, 0, writer.string(name));
  return field;
}

void append_schema(std::string& out) {
  FlatbufferWriter writer;
  const Position message = add_message(writer, kSchema, 0);
  const Position schema = writer.table({FlatbufferWriter::reference(1)});
  writer.set_reference(message, 2, schema);
  const Position fields = writer.vector_of_references(1 + TsbsGenerator::kTags + TsbsGenerator::kFields);
  writer.set_reference(schema, 1, fields);
  std::size_t next = 0;
  const Position time =
      writer.table({FlatbufferWriter::reference(0), {2, 1, kTimestamp}, FlatbufferWriter::reference(3)});
  writer.set_reference(time, 0, writer.string("time"));
  writer.set_reference(time, 3, writer.table({{0, 2, kNanoseconds}}));
  writer.set_element(fields, next++, time);
  for (std::size_t t = 0; t < TsbsGenerator::kTags; ++t) {
    const Position field = add_field(writer, TsbsGenerator::kTagNames[t], kUtf8);
    writer.set_reference(field, 3, writer.table({}));
    const Position dictionary = writer.table({{0, 8, t}, FlatbufferWriter::reference(1)});
    writer.set_reference(field, 4, dictionary);
    writer.set_reference(dictionary, 1, add_integer(writer, 32));
    writer.set_element(fields, next++, field);
  }
  for (const std::string& name : TsbsGenerator::kFieldNames) {
    const Position field =
        writer.table({FlatbufferWriter::reference(0), {2, 1, kInteger}, FlatbufferWriter::reference(3)});
    writer.set_reference(field, 0, writer.string(name));
    writer.set_reference(field, 3, add_integer(writer, 64));
    writer.set_element(fields, next++, field);
  }
  append_message(writer, {}, out);
}

// The buffers of a body, each at a multiple of 8.
struct Body {
  std::vector<std::int64_t> nodes, buffers;
  std::size_t bytes = 0;

  void array(std::uint64_t rows) { nodes.insert(nodes.end(), {static_cast<std::int64_t>(rows), 0}); }
  void buffer(std::size_t size) {
    buffers.insert(buffers.end(), {static_cast<std::int64_t>(bytes), static_cast<std::int64_t>(size)});
    bytes += (size + 7) / 8 * 8;
  }
};

Position add_batch(FlatbufferWriter& writer, std::uint64_t rows, const Body& body) {
  const Position batch = writer.table({{0, 8, rows}, FlatbufferWriter::reference(1), FlatbufferWriter::reference(2)});
  writer.set_reference(batch, 1, writer.vector_of_structs(body.nodes, 2));
  writer.set_reference(batch, 2, writer.vector_of_structs(body.buffers, 2));
  return batch;
}

void append_dictionary(std::uint64_t id, const std::vector<std::string>& values, std::string& out) {
  std::vector<std::int32_t> offsets{0};
  std::string text;
  for (const std::string& value : values) {
    text += value;
    offsets.push_back(static_cast<std::int32_t>(text.size()));
  }
  Body body;
  body.array(values.size());
  body.buffer(0);
  body.buffer(offsets.size() * sizeof offsets[0]);
  body.buffer(text.size());
  std::string bytes(body.bytes, '\0');
  std::memcpy(bytes.data(), offsets.data(), offsets.size() * sizeof offsets[0]);
  std::memcpy(bytes.data() + static_cast<std::size_t>(body.buffers[4]), text.data(), text.size());
  FlatbufferWriter writer;
  const Position message = add_message(writer, kDictionaryBatch, body.bytes);
  const Position dictionary = writer.table({{0, 8, id}, FlatbufferWriter::reference(1)});
  writer.set_reference(message, 2, dictionary);
  writer.set_reference(dictionary, 1, add_batch(writer, values.size(), body));
  append_message(writer, bytes, out);
}

}  // namespace

TsbsArrow::TsbsArrow(const TsbsOptions& options) : generator_(options) {
  std::array<std::vector<std::string>, TsbsGenerator::kTags> values;
  for (std::uint32_t host = 0; host < options.hosts; ++host) {
    const auto tags = TsbsGenerator::tags_of(options.first_host + host, options.seed);
    for (std::size_t t = 0; t < tags.size(); ++t) {
      // Every host has a name of its own: only the others are looked up.
      const auto found = t == 0 ? values[t].end() : std::find(values[t].begin(), values[t].end(), tags[t]);
      codes_[t].push_back(static_cast<std::uint32_t>(found - values[t].begin()));
      if (found == values[t].end()) { values[t].push_back(tags[t]); }
    }
  }
  append_schema(head_);
  for (std::size_t t = 0; t < values.size(); ++t) { append_dictionary(t, values[t], head_); }
}

void TsbsArrow::append_rows(std::uint64_t rows, std::string& out) const {
  Body body;
  for (std::size_t column = 0; column < 1 + TsbsGenerator::kTags + TsbsGenerator::kFields; ++column) {
    const bool is_tag = column >= 1 && column <= TsbsGenerator::kTags;
    body.array(rows);
    body.buffer(0);
    body.buffer(rows * (is_tag ? 4 : 8));
  }
  FlatbufferWriter writer;
  const Position message = add_message(writer, kRecordBatch, body.bytes);
  writer.set_reference(message, 2, add_batch(writer, rows, body));
  append_message(writer, {}, out);
  const auto append = [&](const void* values, std::size_t bytes) {
    out.append(static_cast<const char*>(values), bytes);
    out.append((8 - bytes % 8) % 8, '\0');
  };
  append(columns_.times.data(), rows * 8);
  std::vector<std::uint32_t> codes(rows);
  for (const auto& of_tag : codes_) {
    for (std::size_t row = 0; row < rows; ++row) { codes[row] = of_tag[columns_.hosts[row]]; }
    append(codes.data(), rows * 4);
  }
  for (const auto& field : columns_.fields) { append(field.data(), rows * 8); }
}

void TsbsArrow::next(std::uint64_t rows, std::string& out) {
  generator_.next(rows, columns_);
  out.assign(head_);
  append_rows(rows, out);
}

}  // namespace streamflow::bench
