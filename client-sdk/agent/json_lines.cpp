#include "client-sdk/agent/json_lines.hpp"

#include <algorithm>

namespace samsyn {

namespace {

using nlohmann::json;

/// The parser recurses and would end the process on a million brackets: count them first.
bool depth_within(std::string_view text, std::size_t depth_max) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\') ++i;
            if (c == '"') in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > depth_max) return false;
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return true;
}

Error no_request(std::string_view why) {
    return {Errc::malformed, std::string{why}};
}

}  // namespace

void LineBuffer::append(std::string_view bytes) {
    buffer_.erase(0, start_);
    searched_ -= start_;
    start_ = 0;
    buffer_.append(bytes);
}

Result<std::optional<std::string>> LineBuffer::next() {
    for (;;) {
        const std::size_t found = buffer_.find('\n', searched_);
        const std::size_t end = found == std::string::npos ? buffer_.size() : found;
        searched_ = end;
        if (end - start_ > line_bytes_max_) return fail(Errc::limit_exceeded, "line");
        if (found == std::string::npos) return std::optional<std::string>{};
        std::string line = buffer_.substr(start_, end - start_);
        start_ = searched_ = end + 1;
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (!line.empty()) return std::optional{std::move(line)};
    }
}

Result<json> parse_json(std::string_view text) {
    if (!depth_within(text, json_depth_max)) return fail(Errc::limit_exceeded, "depth of JSON");
    json parsed = json::parse(text, nullptr, false);
    if (parsed.is_discarded()) return fail(Errc::malformed, "JSON");
    return parsed;
}

AgentRequest parse_request(std::string_view line) {
    AgentRequest request;
    auto parsed = parse_json(line);
    if (!parsed) {
        request.fault = parsed.error();
        return request;
    }
    json& object = *parsed;
    if (!object.is_object()) {
        request.fault = no_request("request is not an object");
        return request;
    }
    if (const auto id = object.find("id"); id != object.end()) {
        if (id->is_number_integer() || id->is_string() || id->is_null())
            request.id = *id;
        else
            request.fault = no_request("id is no whole number and no text");
    }
    const auto operation = object.find("op");
    if (operation == object.end() || !operation->is_string())
        request.fault = no_request("op is missing");
    else
        request.operation = operation->get<std::string>();
    if (const auto args = object.find("args"); args != object.end()) {
        if (args->is_object())
            request.args = std::move(*args);
        else
            request.fault = no_request("args is not an object");
    }
    return request;
}

bool is_supervisors(std::string_view operation) {
    constexpr std::string_view own[] = {"lock",
                                        "unlock",
                                        "assist.request",
                                        "assist.finish",
                                        "agent.stop",
                                        "agent.status",
                                        "proxy.show",
                                        "proxy.set",
                                        "proxy.off",
                                        "proxy.auto"};
    return std::ranges::find(own, operation) != std::end(own);
}

json ok_answer(json result) {
    json answer;
    answer["ok"] = true;
    answer["result"] = std::move(result);
    return answer;
}

json error_answer(const Error& error) {
    json answer;
    answer["ok"] = false;
    answer["error"]["code"] = name_of(error.code);
    answer["error"]["message"] = message_of(error.code);
    answer["error"]["context"] = error.context;
    return answer;
}

std::string to_line(const json& object) {
    return object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

std::string to_answer_line(const json& id, json answer) {
    if (!id.is_null()) answer["id"] = id;
    return to_line(answer);
}

}  // namespace samsyn
