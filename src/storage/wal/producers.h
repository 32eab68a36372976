// The high-water mark of each producer in one shard, so that a retried record counts once.
// Invariants: holds at most kProducersMax marks; the one unused for longest goes first.
// Threads:    one.
#pragma once

#include <list>
#include <map>
#include <string>
#include <unordered_map>

#include "storage/manifest/manifest.h"

namespace streamflow::storage {

inline constexpr std::size_t kProducersMax = 100'000;

class ProducerMarks {
 public:
  // True when the producer's record was seen before; always false for the empty producer.
  bool seen(const Producer& producer) const;
  void note(const Producer& producer);
  void restore(const std::map<std::string, ProducerMark>& marks);
  std::map<std::string, ProducerMark> all() const;

 private:
  struct Entry {
    ProducerMark mark;
    std::list<std::string>::iterator age;
  };
  std::unordered_map<std::string, Entry> marks_;
  std::list<std::string> by_age_;  // oldest first
};

}  // namespace streamflow::storage
