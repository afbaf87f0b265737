#pragma once

#include "core/consultation/identity.hpp"

#include <string>
#include <vector>

namespace samsyn {

/// What the corpus says identifies somebody in a text.
struct MarkedPart {
    std::string kind;  ///< "name", "number", "birth", "phone", "mail", "address", "combo"
    std::size_t begin = 0;
    std::size_t end = 0;
};

/// A consultation as somebody might write it, every person in it invented.
struct CorpusText {
    std::string text;
    std::vector<MarkedPart> marks;
    bool held_out = false;  ///< written before the detector ran, and never used to change it
};

/// Reads `corpus/*.txt`: texts apart by lines of "---", "{kind|words}" around what identifies.
std::vector<CorpusText> read_corpus();

/// What the detector did on some texts.
struct DetectorFigures {
    std::size_t texts = 0;
    std::size_t identifying_texts = 0;
    std::size_t stopped = 0;  ///< of the identifying texts
    std::size_t clean_texts = 0;
    std::size_t clean_stopped = 0;
    std::size_t marks = 0;
    std::size_t found = 0;  ///< marks that some finding touches
    std::size_t findings = 0;
    std::size_t false_findings = 0;  ///< touch no mark
    std::vector<std::string> remarks;
};

DetectorFigures measure(const std::vector<CorpusText>& texts, bool held_out);

}  // namespace samsyn
