#pragma once

#include "tests/oracle/scene.hpp"

namespace samsyn::test {

struct RandomScene {
    Scene scene;
    std::vector<Asked> questions;
};

/// A small federation, a case of a few people and up to 40 statements by authors who know different
/// things and claim different times; some of them may not say what they say. And questions, at
/// instants at and beside those that the statements name. The same for the same seed.
RandomScene random_scene(std::uint64_t seed, std::size_t questions);

}  // namespace samsyn::test
