#include "analytics/anomaly/random_cut_tree.h"

#include <algorithm>

namespace streamflow::analytics {

std::int64_t RandomCutTree::make_leaf(std::span<const double> point) {
  std::int64_t leaf = 0;
  if (free_.empty()) {
    leaf = static_cast<std::int64_t>(nodes_.size());
    nodes_.emplace_back();
    boxes_.resize(boxes_.size() + 2 * dimensions_);
  } else {
    leaf = free_.back();
    free_.pop_back();
    at(leaf) = Node{};
  }
  at(leaf).count = 1;
  std::copy(point.begin(), point.end(), low(leaf));
  std::copy(point.begin(), point.end(), high(leaf));
  return leaf;
}

std::int64_t RandomCutTree::find_equal(std::span<const double> point) {
  std::int64_t node = root_;
  while (node != kNone && at(node).left != kNone) {
    node = point[static_cast<std::size_t>(at(node).dimension)] <= at(node).cut ? at(node).left : at(node).right;
  }
  return node != kNone && std::equal(point.begin(), point.end(), low(node)) ? node : kNone;
}

// A cut of the box of `node` stretched to the point: dimension by its extent, value uniformly.
RandomCutTree::Cut RandomCutTree::random_cut(std::int64_t node, std::span<const double> point) {
  const double* const lower = low(node);
  const double* const upper = high(node);
  double extent = 0.0;
  for (std::size_t dimension = 0; dimension < dimensions_; ++dimension) {
    extent += std::max(upper[dimension], point[dimension]) - std::min(lower[dimension], point[dimension]);
  }
  double position = random_.uniform() * extent;
  Cut cut{0, std::min(lower[0], point[0])};
  for (std::size_t dimension = 0; dimension < dimensions_; ++dimension) {
    const double begin = std::min(lower[dimension], point[dimension]);
    const double length = std::max(upper[dimension], point[dimension]) - begin;
    if (length > 0.0) cut = {dimension, begin + std::min(position, length)};
    if (position < length) break;
    position -= length;
  }
  return cut;
}

std::int64_t RandomCutTree::insert(std::span<const double> point) {
  if (const std::int64_t equal = find_equal(point); equal != kNone) {
    for (std::int64_t node = equal; node != kNone; node = at(node).parent) ++at(node).count;
    return equal;
  }
  const std::int64_t leaf = make_leaf(point);
  if (root_ == kNone) return root_ = leaf;
  for (std::int64_t node = root_;;) {
    const Cut cut = random_cut(node, point);
    const bool separates = cut.value < low(node)[cut.dimension] ||
                           (cut.value >= high(node)[cut.dimension] && point[cut.dimension] > cut.value);
    if (separates) {
      place_beside(node, leaf, cut);
      return leaf;
    }
    if (at(node).left == kNone) continue;  // rounding put the cut on the leaf itself: draw again
    node = point[static_cast<std::size_t>(at(node).dimension)] <= at(node).cut ? at(node).left : at(node).right;
  }
}

void RandomCutTree::replace_child(std::int64_t parent, std::int64_t old_child, std::int64_t new_child) {
  at(new_child).parent = parent;
  if (parent == kNone) {
    root_ = new_child;
  } else if (at(parent).left == old_child) {
    at(parent).left = new_child;
  } else {
    at(parent).right = new_child;
  }
}

void RandomCutTree::place_beside(std::int64_t node, std::int64_t leaf, Cut cut) {
  const std::vector<double> corner(low(leaf), low(leaf) + dimensions_);
  const std::int64_t branch = make_leaf(corner);
  replace_child(at(node).parent, node, branch);
  const bool leaf_left = corner[cut.dimension] <= cut.value;
  at(branch).left = leaf_left ? leaf : node;
  at(branch).right = leaf_left ? node : leaf;
  at(branch).dimension = static_cast<std::int64_t>(cut.dimension);
  at(branch).cut = cut.value;
  at(node).parent = at(leaf).parent = branch;
  at(branch).count = at(node).count;
  for (std::int64_t above = branch; above != kNone; above = at(above).parent) {
    ++at(above).count;
    const double* const node_low = above == branch ? low(node) : corner.data();
    const double* const node_high = above == branch ? high(node) : corner.data();
    for (std::size_t dimension = 0; dimension < dimensions_; ++dimension) {
      low(above)[dimension] = std::min(low(above)[dimension], node_low[dimension]);
      high(above)[dimension] = std::max(high(above)[dimension], node_high[dimension]);
    }
  }
}

void RandomCutTree::renew_boxes(std::int64_t node) {
  for (; node != kNone; node = at(node).parent) {
    const std::int64_t left = at(node).left;
    const std::int64_t right = at(node).right;
    for (std::size_t dimension = 0; dimension < dimensions_; ++dimension) {
      low(node)[dimension] = std::min(low(left)[dimension], low(right)[dimension]);
      high(node)[dimension] = std::max(high(left)[dimension], high(right)[dimension]);
    }
  }
}

void RandomCutTree::remove(std::int64_t leaf) {
  for (std::int64_t node = leaf; node != kNone; node = at(node).parent) --at(node).count;
  if (at(leaf).count > 0) return;
  free_.push_back(leaf);
  const std::int64_t parent = at(leaf).parent;
  if (parent == kNone) {
    root_ = kNone;
    return;
  }
  const std::int64_t sibling = at(parent).left == leaf ? at(parent).right : at(parent).left;
  const std::int64_t grandparent = at(parent).parent;
  replace_child(grandparent, parent, sibling);
  free_.push_back(parent);
  renew_boxes(grandparent);
}

double RandomCutTree::displacement(std::int64_t leaf) const {
  double largest = 0.0;
  for (std::int64_t node = leaf; at(node).parent != kNone; node = at(node).parent) {
    const Node& parent = at(at(node).parent);
    const std::int64_t sibling = parent.left == node ? parent.right : parent.left;
    largest = std::max(largest, static_cast<double>(at(sibling).count) / static_cast<double>(at(node).count));
  }
  return largest;
}

}  // namespace streamflow::analytics
