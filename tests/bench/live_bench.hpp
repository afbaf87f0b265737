#pragma once

namespace samsyn::bench {

/// From a commit on one device to its being readable on others: with one other device, and with ten
/// that read the compartment among 100 and 1 000 connected ones, beside a plain round trip and a
/// durable commit in the same run.
void bench_live();

}  // namespace samsyn::bench
