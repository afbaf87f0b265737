#pragma once

namespace samsyn::bench {

/// The encrypted database beside plain SQLite with the same settings, paired in one run; prints a
/// table. To be called before anything else uses SQLite in this process.
void bench_storage();

}  // namespace samsyn::bench
