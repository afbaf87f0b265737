#include "tests/core/consultation/corpus.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace samsyn {

namespace {

CorpusText parsed(std::string_view written, bool held_out) {
    CorpusText result{.text = {}, .marks = {}, .held_out = held_out};
    while (!written.empty()) {
        const std::size_t open = written.find('{');
        result.text += written.substr(0, open);
        if (open == std::string_view::npos) break;
        const std::size_t bar = written.find('|', open);
        const std::size_t close = written.find('}', open);
        if (bar == std::string_view::npos || close == std::string_view::npos || bar > close)
            throw std::runtime_error{"corpus: a mark is not closed"};
        const std::size_t begin = result.text.size();
        result.text += written.substr(bar + 1, close - bar - 1);
        result.marks.push_back({.kind = std::string{written.substr(open + 1, bar - open - 1)},
                                .begin = begin,
                                .end = result.text.size()});
        written.remove_prefix(close + 1);
    }
    return result;
}

bool touches(const IdentityFinding& finding, const MarkedPart& mark) {
    const bool combination = finding.kind == IdentityKind::school_class_age;
    return combination == (mark.kind == "combo") && finding.begin < mark.end &&
           mark.begin < finding.end;
}

void judge(const CorpusText& text, DetectorFigures& figures) {
    const auto findings = find_identity(text.text);
    ++figures.texts;
    (text.marks.empty() ? figures.clean_texts : figures.identifying_texts) += 1;
    if (!findings.empty()) (text.marks.empty() ? figures.clean_stopped : figures.stopped) += 1;
    for (const MarkedPart& mark : text.marks) {
        ++figures.marks;
        const bool found = std::ranges::any_of(
            findings, [&](const IdentityFinding& finding) { return touches(finding, mark); });
        figures.found += found ? 1 : 0;
        if (!found)
            figures.remarks.push_back("missed " + mark.kind + ": " +
                                      text.text.substr(mark.begin, mark.end - mark.begin));
    }
    for (const IdentityFinding& finding : findings) {
        ++figures.findings;
        const bool real = std::ranges::any_of(
            text.marks, [&](const MarkedPart& mark) { return touches(finding, mark); });
        figures.false_findings += real ? 0 : 1;
        if (!real)
            figures.remarks.push_back("false " + std::string{key_of(finding.kind)} + ": " +
                                      finding.text);
    }
}

}  // namespace

std::vector<CorpusText> read_corpus() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator{SAMSYN_CORPUS})
        files.push_back(entry.path());
    std::ranges::sort(files);
    std::vector<CorpusText> texts;
    for (const auto& file : files) {
        const bool held_out = file.stem().string().ends_with("held_out");
        std::ifstream stream{file};
        std::string line;
        std::string text;
        while (std::getline(stream, line)) {
            if (line == "---") {
                texts.push_back(parsed(text, held_out));
                text.clear();
            } else {
                text += (text.empty() ? "" : "\n") + line;
            }
        }
        texts.push_back(parsed(text, held_out));
    }
    return texts;
}

DetectorFigures measure(const std::vector<CorpusText>& texts, bool held_out) {
    DetectorFigures figures;
    for (const CorpusText& text : texts)
        if (text.held_out == held_out) judge(text, figures);
    return figures;
}

}  // namespace samsyn
