#include "tests/bench/text_bench.hpp"

/// The part "text" of the benchmarks alone, which needs nothing of device or server.
int main(int argc, char** argv) {
    samsyn::bench::bench_text(argc > 1 ? argv[1] : "build/text-traces");
    return 0;
}
