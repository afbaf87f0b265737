#pragma once

namespace samsyn::bench {

/// What a grant, a withdrawal and a rotation cost, over TLS with a durable server, and how many
/// decisions a second. Prints its rows.
void bench_consent();

}  // namespace samsyn::bench
