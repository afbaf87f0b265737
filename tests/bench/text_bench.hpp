#pragma once

#include <filesystem>

namespace samsyn::bench {

/// What writing, merging, storing and reopening texts cost. `folder` holds editing traces; where it
/// is empty synthetic ones are made and written there, for tests/bench/text_peers. Prints its rows.
void bench_text(const std::filesystem::path& folder);

}  // namespace samsyn::bench
