#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace samsyn::bench {

/// A history of edits in the shape of the public editing traces
/// (github.com/josephg/editing-traces): each transaction is one writer's, on the text that its
/// parents merged give.
struct TextTrace {
    struct Patch {
        std::uint32_t position;  ///< in code points
        std::uint32_t erased;
        std::string inserted;
    };

    struct Transaction {
        std::vector<std::uint32_t> parents;  ///< indices of earlier ones, minimal
        std::uint32_t agent = 0;
        std::vector<Patch> patches;
    };

    std::string name;
    std::uint32_t agents = 1;
    bool sequential = true;  ///< every transaction follows the one before
    std::vector<Transaction> transactions;
    std::string end;  ///< the text after all of them

    std::size_t patches() const;

    /// Code points in and out.
    std::size_t keystrokes() const;
};

/// Seeded, the same on every machine: nobody's writing, in the shape of people's.
std::vector<TextTrace> synthetic_traces();

/// Each `*.json` of a folder, in either format of the public traces.
std::vector<TextTrace> read_traces(const std::filesystem::path& folder);

/// Writes them in the format for concurrent traces, for the programs beside this one.
void write_traces(const std::vector<TextTrace>& traces, const std::filesystem::path& folder);

}  // namespace samsyn::bench
