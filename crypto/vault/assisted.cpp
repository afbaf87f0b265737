#include "crypto/vault/assisted.hpp"

#include "core/base/checked_text.hpp"
#include "core/base/codec.hpp"
#include "crypto/keys/sodium.hpp"
#include "crypto/vault/assisted_boxes.hpp"
#include "crypto/vault/sealing.hpp"

#include <algorithm>

namespace samsyn {

namespace {

constexpr std::string_view request_prefix = "samsyn1-assist-";
constexpr std::string_view answer_prefix = "samsyn1-help-";
constexpr std::size_t text_bytes_max = 8192;  // a request with eight boxes has about 2100

struct Answer {
    HelperKind kind{};
    Hash request;
    std::array<std::byte, share_box_size> box{};
};

Bytes encode(const AssistedRequest& request) {
    Writer out;
    out.id(request.file_id);
    out.id(request.device);
    out.id(request.slot);
    out.enumerator(request.kind);
    out.id(request.nonce);
    out.id(request.one_time_key);
    out.list(request.boxes, [&](const AssistedBox& box) {
        out.id(box.recipient);
        out.raw(box.box);
    });
    return std::move(out).take();
}

Hash hash_of(const AssistedRequest& request) {
    return SodiumHasher{}.hash(Domain::assisted_request, {encode(request)});
}

/// The whole request is in its hash: device, slot, vault file, kind and one-time key.
Hash answer_context(const Hash& request) {
    return SodiumHasher{}.hash(Domain::assisted_answer, {request.view()});
}

Result<Answer> answer_from_text(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(from_checked_text(answer_prefix, text, text_bytes_max));
    Reader in{bytes};
    Answer answer;
    answer.kind = SAMSYN_TRY(in.enumerator(HelperKind::last, "answer kind"));
    answer.request = SAMSYN_TRY(in.id<Hash>("answer"));
    const ByteView box = SAMSYN_TRY(in.raw(share_box_size, "answer"));
    std::ranges::copy(box, answer.box.begin());
    SAMSYN_TRY(in.finish("answer"));
    return answer;
}

Result<Secret<32>> open_answer(const Answer& answer,
                               const AssistedRequest& request,
                               const Secret<32>& one_time_secret) {
    if (answer.request != hash_of(request))
        return fail(Errc::not_authentic, "this answers another request");
    return open_box(one_time_secret, answer.box, answer_context(answer.request));
}

}  // namespace

std::string to_text(const AssistedRequest& request) {
    return to_checked_text(request_prefix, encode(request));
}

Result<AssistedRequest> assisted_request_from_text(std::string_view text) {
    const Bytes bytes = SAMSYN_TRY(from_checked_text(request_prefix, text, text_bytes_max));
    Reader in{bytes};
    AssistedRequest request;
    request.file_id = SAMSYN_TRY(in.id<VaultFileId>("request"));
    request.device = SAMSYN_TRY(in.id<DeviceId>("request"));
    request.slot = SAMSYN_TRY(in.id<AssistedSlotId>("request"));
    request.kind = SAMSYN_TRY(in.enumerator(HelperKind::last, "request kind"));
    request.nonce = SAMSYN_TRY(in.id<Nonce>("request"));
    request.one_time_key = SAMSYN_TRY(in.id<SealingPublicKey>("request"));
    const auto count = SAMSYN_TRY(in.count(assisted_recipients_max, "request boxes"));
    request.boxes.resize(count);
    for (AssistedBox& box : request.boxes) {
        box.recipient = SAMSYN_TRY(in.id<SealingPublicKey>("request boxes"));
        const ByteView content = SAMSYN_TRY(in.raw(box.box.size(), "request boxes"));
        std::ranges::copy(content, box.box.begin());
    }
    SAMSYN_TRY(in.finish("request"));
    return request;
}

Result<std::string> comparison_number(const AssistedRequest& request, const PasswordHash& hash) {
    const Hash request_hash = hash_of(request);
    const Hash salt_hash = SodiumHasher{}.hash(Domain::comparison_number, {request_hash.view()});
    PasswordSalt salt;
    std::copy_n(salt_hash.bytes.begin(), salt.size(), salt.begin());
    const auto stretched =
        SAMSYN_TRY(hash.stretch(as_text(request_hash.view()), salt, password_cost_floor));
    std::uint64_t value = 0;
    for (const std::byte b : stretched.expose().first<8>())
        value = value << 8 | std::to_integer<std::uint64_t>(b);
    std::string digits = std::to_string(value % 100'000'000);
    digits.insert(0, 8 - digits.size(), '0');
    return digits.insert(4, " ");
}

Result<std::string> answer_assisted(const AssistedRequest& request,
                                    std::span<const Secret<32>> secrets) {
    for (const auto& secret : secrets) {
        const SealingPublicKey key = sealing_public_key(secret);
        const auto found = std::ranges::find(request.boxes, key, &AssistedBox::recipient);
        if (found == request.boxes.end()) continue;
        const Hash context =
            share_context(request.file_id, request.device, request.slot, request.kind, key);
        const auto share = SAMSYN_TRY(open_box(secret, found->box, context));
        const Hash request_hash = hash_of(request);
        const auto box =
            SAMSYN_TRY(seal_box(request.one_time_key, answer_context(request_hash), share));
        Writer out;
        out.enumerator(request.kind);
        out.id(request_hash);
        out.raw(box);
        return to_checked_text(answer_prefix, out.view());
    }
    return fail(Errc::not_found, "the request is for other helpers");
}

AssistedSession::AssistedSession(Secret<32> secret,
                                 AssistedRequest for_case_lead,
                                 AssistedRequest for_admin)
    : one_time_secret_(std::move(secret)),
      for_case_lead_(std::move(for_case_lead)),
      for_administrator_(std::move(for_admin)) {}

AssistedSession AssistedSession::begin(const AssistedRequest& common,
                                       std::vector<AssistedBox> case_leads,
                                       std::vector<AssistedBox> administrators) {
    auto secret = Secret<32>::random();
    AssistedRequest for_case_lead = common;
    for_case_lead.one_time_key = sealing_public_key(secret);
    for_case_lead.nonce = fresh_id<Nonce>();
    AssistedRequest for_administrator = for_case_lead;
    for_case_lead.kind = HelperKind::case_lead;
    for_case_lead.boxes = std::move(case_leads);
    for_administrator.kind = HelperKind::administrator;
    for_administrator.boxes = std::move(administrators);
    return {std::move(secret), std::move(for_case_lead), std::move(for_administrator)};
}

Result<Secret<32>> AssistedSession::join(std::string_view answer_1,
                                         std::string_view answer_2) const {
    const Answer first = SAMSYN_TRY(answer_from_text(answer_1));
    const Answer second = SAMSYN_TRY(answer_from_text(answer_2));
    if (first.kind == second.kind)
        return fail(Errc::invalid_argument, "one answer of each kind of helper is needed");
    const auto share_1 = SAMSYN_TRY(open_answer(first, request(first.kind), one_time_secret_));
    const auto share_2 = SAMSYN_TRY(open_answer(second, request(second.kind), one_time_secret_));
    return join_shares(share_1, share_2);
}

}  // namespace samsyn
