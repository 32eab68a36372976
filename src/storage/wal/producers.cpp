#include "storage/wal/producers.h"

#include <tuple>

namespace streamflow::storage {

bool ProducerMarks::seen(const Producer& producer) const {
  if (producer.id.empty()) { return false; }
  const auto found = marks_.find(producer.id);
  if (found == marks_.end()) { return false; }
  const ProducerMark& mark = found->second.mark;
  return std::tie(producer.epoch, producer.sequence) <= std::tie(mark.epoch, mark.sequence);
}

void ProducerMarks::note(const Producer& producer) {
  if (producer.id.empty() || seen(producer)) { return; }
  const auto [place, fresh] = marks_.try_emplace(producer.id);
  if (!fresh) { by_age_.erase(place->second.age); }
  place->second.mark = {producer.epoch, producer.sequence};
  place->second.age = by_age_.insert(by_age_.end(), producer.id);
  if (marks_.size() > kProducersMax) {
    marks_.erase(by_age_.front());
    by_age_.pop_front();
  }
}

void ProducerMarks::restore(const std::map<std::string, ProducerMark>& marks) {
  for (const auto& [id, mark] : marks) { note({id, mark.epoch, mark.sequence}); }
}

std::map<std::string, ProducerMark> ProducerMarks::all() const {
  std::map<std::string, ProducerMark> out;
  for (const auto& [id, entry] : marks_) { out.emplace(id, entry.mark); }
  return out;
}

}  // namespace streamflow::storage
