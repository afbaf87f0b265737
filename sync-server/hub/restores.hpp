#pragma once

#include "sync-server/hub/registry.hpp"

namespace samsyn {

/// The restores of the federation log that lead from earlier lives of the access log to this one.
/// What was found is remembered until something is added to the federation log: devices ask for it
/// with everything that they send again. Not thread-safe.
class Restores {
public:
    explicit Restores(const Incarnation& present) : present_(present) {}

    struct Way {
        std::vector<LogRestored> restores;  ///< oldest first, `log_lives_max` at most

        /// What makes a client believe them: they, who confirmed them, and what these rest on, the
        /// nearest first while there is room; in the order of the log.
        std::vector<Bytes> statements;
    };

    /// Empty where none leads here from that life. Of the same registry each time; valid until the
    /// next call.
    const Way& since(const Incarnation& life, const Registry& registry);

private:
    Incarnation present_;
    std::size_t log_size_ = 0;  ///< of the federation log, when these were found
    std::map<Incarnation, Way> ways_;
};

}  // namespace samsyn
