#pragma once

#include "core/text/history.hpp"

namespace samsyn::text {

/// One step of a run, ready to be done: nothing about it can fail any more.
struct PlannedStep {
    TextStep::Kind kind{};
    std::uint32_t number = 0;  ///< of its writer, of the first operation
    std::uint32_t count = 0;
    Element element = 0;  ///< the first new one, or the first erased one
    Element left = no_element;
    Element right = no_element;
    Element neighbour = no_element;  ///< it goes beside this one; none: the beginning
    bool before = false;             ///< the neighbour, instead of after it
    std::string_view utf8 = {};
};

/// What a run does to a document.
struct Plan {
    struct News {
        WriterIndex other;
        std::uint32_t seen;
    };

    std::vector<News> news;
    std::vector<PlannedStep> steps;
};

/// Checks a run against a document and finds the places of what it inserts. Changes nothing.
///
/// The run begins with the next number of its writer. `writer` is none where the document does not
/// know the writer yet. Errors: `missing_parent`, `malformed`, `limit_exceeded`. The plan refers to
/// the run's content and is good for this state of the document.
Result<Plan> plan_run(const History& history,
                      const SpanTree& tree,
                      std::optional<WriterIndex> writer,
                      const TextRun& run);

}  // namespace samsyn::text
