// Strings and bytes in results: JSON strings, CSV fields, base64, and a guard that lets only UTF-8 out.
// Format:     RFC 8259 (only `"`, `\` and control characters are escaped), RFC 4180, RFC 4648 section 4 (with padding).
// Invariants: what is appended is valid UTF-8; each byte of the input that is not part of a well-formed sequence
//             (Unicode 15, table 3-7) becomes U+FFFD.
// Threads:    pure functions.
// Errors:     none.
#pragma once

#include <string>
#include <string_view>

namespace streamflow::query {

void append_json_string(std::string_view text, std::string& out);  // with the quotes
// Quoted when it is empty or holds a quote, a comma or a line end: an empty field is NULL, `""` is the empty string.
void append_csv_field(std::string_view text, std::string& out);
void append_base64(std::string_view bytes, std::string& out);
bool is_utf8(std::string_view text);
void append_utf8(std::string_view text, std::string& out);

}  // namespace streamflow::query
