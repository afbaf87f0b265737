#include "tests/oracle/rules/said.hpp"

namespace oracle {

namespace {

/// Takes what is next from the bytes; once something was not there, nothing is.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : rest_(bytes) {}

    Id bytes(std::size_t size) {
        if (rest_.size() < size) failed_ = true;
        if (failed_) return Id(size, '\0');
        Id taken{rest_.substr(0, size)};
        rest_.remove_prefix(size);
        return taken;
    }

    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (const char c : bytes(size)) value = value << 8U | static_cast<unsigned char>(c);
        return value;
    }

    int small() { return static_cast<int>(number(1)); }

    int code() { return static_cast<int>(number(2)); }

    Time time() { return static_cast<Time>(number(8)); }

    Id id() { return bytes(16); }

    Id hash() { return bytes(32); }

    bool flag() {
        const auto value = number(1);
        if (value > 1) failed_ = true;
        return value == 1;
    }

    std::optional<Id> maybe_id() {
        if (!flag()) return std::nullopt;
        return id();
    }

    std::vector<Id> ids(std::size_t size) {
        std::vector<Id> all;
        const auto count = number(2);
        for (std::uint64_t i = 0; i < count && !failed_; ++i) all.push_back(bytes(size));
        return all;
    }

    Recipient recipient() {
        Recipient to;
        to.unit = id();
        if (flag()) to.role = small();
        to.user = maybe_id();
        return to;
    }

    std::string_view rest() const { return rest_; }

    bool is_whole() const { return !failed_ && rest_.empty(); }

    bool failed() const { return failed_; }

private:
    std::string_view rest_;
    bool failed_ = false;
};

// The order of evaluation within braces is that of the fields, as the wire has it.

Body read_consent(Cursor& in) {
    Consent consent{};
    consent.grantor = in.id();
    in.small();  // in which capacity: told to people, read by no rule
    consent.subject = in.id();
    consent.disclosing = in.id();
    consent.recipient = in.recipient();
    consent.categories = in.number(8);
    consent.purpose = in.code();
    consent.actions = in.number(1);
    consent.not_before = in.time();
    consent.not_after = in.time();
    in.small();  // reach: about earlier epochs, not about who may
    consent.form = in.small();
    consent.reserved = in.number(8);
    in.hash();  // the evidence
    consent.names = in.ids(32);
    return consent;
}

Body read_closing(Cursor& in) {
    Closing closing{};
    closing.kind = in.small();
    closing.decider = in.id();
    closing.subject = in.id();
    closing.disclosing = in.maybe_id();
    if (in.flag()) closing.recipient = in.recipient();
    closing.categories = in.number(8);
    in.hash();
    return closing;
}

Body read_prevented(Cursor& in) {
    Prevented prevented{};
    prevented.child = in.id();
    prevented.guardian = in.id();
    in.small();  // the cause
    prevented.manifestly_required = in.flag();
    prevented.until = in.time();
    return prevented;
}

Body read_override(Cursor& in) {
    Override opened{in.code(),
                    in.id(),
                    in.number(8),
                    in.maybe_id(),
                    in.ids(16),
                    in.recipient(),
                    in.time(),
                    in.time(),
                    in.ids(32)};
    in.hash();
    return opened;
}

Body read_answer(Cursor& in) {
    ToInvestigation answer{};
    answer.statute = in.code();
    answer.subject = in.id();
    answer.categories = in.number(8);
    answer.selection = in.id();
    in.ids(16);
    answer.recipient = in.recipient();
    in.hash();
    answer.until = in.time();
    return answer;
}

Body read_device(Cursor& in) {
    Device device{};
    device.device = in.id();
    in.small();
    device.organisation = in.id();
    device.user = in.id();
    in.hash();
    in.hash();
    in.number(4);
    device.until = in.time();
    return device;
}

/// Reads all that is left, unless it is read with care.
Body skip(Cursor& in, Body body) {
    in.bytes(in.rest().size());
    return body;
}

Body read_federation_body(int kind, Cursor& in) {
    switch (kind) {
        case 0:
            return skip(in, Founding{});
        case 1:
            return Admitted{in.id(), in.time(), in.time()};
        case 2:
            return skip(in, Administrator{in.id(), in.id(), in.id()});
        case 3:
            return Unit{in.id(), in.id(), in.small()};
        case 4:
            return Member{in.id(), in.id(), in.id(), in.small(), in.time(), in.time()};
        case 5:
            return read_device(in);
        case 6:
            return Revoked{in.id()};
        case 8:
            return MemberRemoved{in.id(), in.id(), in.time()};
        case 13:
            return Confirmed{in.hash()};
        case 17:
            return Lost{in.id()};
        case 18:
            return Found{in.id(), in.ids(32)};
        default:
            return skip(in, kind <= 18 ? Body{Unread{}} : Body{Unknown{}});
    }
}

Body read_case_body(int kind, Cursor& in) {
    switch (kind) {
        case 64:
            in.small();
            return Opened{in.id(), in.id()};
        case 65:
            in.small();
            return Closed{};
        case 66:
            return Participant{in.id(), in.id(), in.small(), in.time(), in.time()};
        case 67:
            return Removed{in.id(), in.id()};
        case 68:
            return Custody{in.id(), in.ids(16), in.time(), in.time()};
        case 69:
            return Adult{in.id()};
        case 70:
            return read_consent(in);
        case 71:
            return Confirmation{in.hash(), in.ids(32)};
        case 72:
            return read_closing(in);
        case 73:
            return Ended{in.hash()};
        case 74:
            in.time();
            return Weeded{};
        case 75:
            return Age{in.id(), in.small()};
        case 76: {
            Maturity mature{in.id(), in.number(8), in.flag(), 0, 0};
            in.id();  // the assessor
            mature.from = in.time();
            mature.until = in.time();
            return mature;
        }
        case 77:
            return Suspended{in.id(), in.id(), in.maybe_id(), in.time(), in.time()};
        case 78:
            return Representative{in.id(), in.id(), in.number(8), in.time(), in.time()};
        case 79:
            return read_prevented(in);
        case 80:
            return InPlace{in.id(), in.id(), in.code(), in.id(), in.hash(), in.time(), in.flag()};
        case 81:
            return Mandate{in.id(), in.id(), in.number(2), in.number(8), in.time(), in.time()};
        case 82:
            return Mark{in.id(), in.small(), in.ids(16)};
        case 83:
            return skip(in, Audience{in.id(), in.ids(16)});
        case 84:
            return Lock{in.id(), in.id(), in.ids(16)};
        case 86:
            return read_override(in);
        case 87:
            return skip(in, Verdict{in.hash(), in.flag()});
        case 88:
            return read_answer(in);
        case 91:
            return Guest{in.hash(), in.id()};
        case 93:
            return skip(in, Acknowledged{in.id(), in.id()});
        default:
            return skip(in, kind <= 98 ? Body{Unread{}} : Body{Unknown{}});
    }
}

}  // namespace

std::optional<Said> read_said(const Id& id, std::string_view signed_part) {
    Cursor in{signed_part};
    Said said;
    said.id = id;
    in.hash();  // the federation
    said.stream = in.small();
    said.of_case = in.id();
    said.of_unit = in.id();
    said.author = in.id();
    in.small();    // the role that the author claims: what is certified counts
    in.number(8);  // the counter
    said.previous = in.ids(32);
    said.order = in.number(8);
    said.time = static_cast<Time>(said.order >> 16U);
    said.restricting = in.flag();
    said.kind = in.code();
    if (in.number(4) != in.rest().size() || in.failed()) return std::nullopt;
    Cursor body{in.rest()};
    said.body =
        said.kind < 64 ? read_federation_body(said.kind, body) : read_case_body(said.kind, body);
    if (!body.is_whole()) return std::nullopt;
    return said;
}

}  // namespace oracle
