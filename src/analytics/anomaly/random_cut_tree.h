// One robust random cut tree: points go in and out, and each point's displacement tells how much it stands apart.
// Source:     Guha et al. 2016, algorithms 1 and 2, definition 4 (CoDisp).
// Invariants: after any insertions and removals the tree is distributed as if built from the points it holds. Equal
//             points share a leaf. O(depth * dimensions) per operation.
// Threads:    an object belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "analytics/anomaly/random_source.h"

namespace streamflow::analytics {

class RandomCutTree {
 public:
  explicit RandomCutTree(std::size_t dimensions = 1, std::uint64_t seed = 1) : dimensions_(dimensions), random_(seed) {}
  // Returns the leaf, which stays valid until every point in it was removed.
  std::int64_t insert(std::span<const double> point);
  void remove(std::int64_t leaf);
  // The largest share of its sibling's points to its own, on the way from the leaf to the root.
  double displacement(std::int64_t leaf) const;
  std::size_t size() const { return root_ < 0 ? 0 : static_cast<std::size_t>(at(root_).count); }
  template <class Archive>
  void visit(Archive& archive) {
    archive(dimensions_, random_, nodes_, boxes_, free_, root_);
  }

 private:
  static constexpr std::int64_t kNone = -1;
  struct Node {
    std::int64_t parent = kNone, left = kNone, right = kNone;
    std::int64_t count = 0;  // points below
    std::int64_t dimension = 0;
    double cut = 0.0;
    template <class Archive>
    void visit(Archive& archive) {
      archive(parent, left, right, count, dimension, cut);
    }
  };
  struct Cut {
    std::size_t dimension;
    double value;
  };
  Node& at(std::int64_t node) { return nodes_[static_cast<std::size_t>(node)]; }
  const Node& at(std::int64_t node) const { return nodes_[static_cast<std::size_t>(node)]; }
  double* low(std::int64_t node) { return &boxes_[static_cast<std::size_t>(node) * 2 * dimensions_]; }
  double* high(std::int64_t node) { return low(node) + dimensions_; }
  std::int64_t make_leaf(std::span<const double> point);
  std::int64_t find_equal(std::span<const double> point);
  Cut random_cut(std::int64_t node, std::span<const double> point);
  void place_beside(std::int64_t node, std::int64_t leaf, Cut cut);
  void replace_child(std::int64_t parent, std::int64_t old_child, std::int64_t new_child);
  void renew_boxes(std::int64_t node);

  std::size_t dimensions_;
  RandomSource random_;
  std::vector<Node> nodes_;
  std::vector<double> boxes_;  // per node: lower corner, upper corner
  std::vector<std::int64_t> free_;
  std::int64_t root_ = kNone;
};

}  // namespace streamflow::analytics
