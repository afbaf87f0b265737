#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace samsyn {

/// What a signature, hash, MAC or key is *for*. Each one starts with the 16 bytes of its row, so
/// that bytes signed as one kind of object never verify as another (security.md, section 2).
/// The version of the protocol is in the label; a duplicate fails the build.
// clang-format off: one row a line, so that a new one is a line of its own
#define SAMSYN_DOMAIN_TABLE(row) \
    row(device_id, "samsyn1/deviceid") \
    row(statement, "samsyn1/statemnt") \
    row(statement_id, "samsyn1/state-id") \
    row(second_signature, "samsyn1/second--") \
    row(compartment_id, "samsyn1/compart-") \
    row(packet, "samsyn1/packet--") \
    row(epoch_id, "samsyn1/epoch-id") \
    row(packet_check, "samsyn1/pk-check") \
    row(packet_context, "samsyn1/pk-ctx--") \
    row(supplement, "samsyn1/supplemt") \
    row(supplement_context, "samsyn1/sp-ctx--") \
    row(item_key, "samsyn1/item-key") \
    row(item_aad, "samsyn1/item-aad") \
    row(batch, "samsyn1/batch---") \
    row(batch_id, "samsyn1/batch-id") \
    row(tree_leaf, "samsyn1/treeleaf") \
    row(tree_node, "samsyn1/treenode") \
    row(session_server, "samsyn1/sess-srv") \
    row(session_device, "samsyn1/sess-dev") \
    row(signed_time, "samsyn1/sigtime-") \
    row(unlock_token, "samsyn1/unlocktk") \
    row(invitation_mac, "samsyn1/invitmac") \
    row(evidence, "samsyn1/evidence") \
    row(heads, "samsyn1/heads---") \
    row(supplement_id, "samsyn1/suppl-id") \
    row(database_page, "samsyn1/db-page-") \
    row(vault_checksum, "samsyn1/vault-ck") \
    row(vault_slot, "samsyn1/vlt-slot") \
    row(vault_contents, "samsyn1/vlt-cont") \
    row(phrase_key, "samsyn1/kek-phrs") \
    row(pin_key, "samsyn1/kek-pin-") \
    row(keystore_key, "samsyn1/kek-keys") \
    row(assisted_key, "samsyn1/kek-asst") \
    row(pin_verifier, "samsyn1/pin-veri") \
    row(pin_proof, "samsyn1/pinproof") \
    row(assisted_box, "samsyn1/asst-box") \
    row(assisted_request, "samsyn1/asst-req") \
    row(assisted_answer, "samsyn1/asst-ans") \
    row(comparison_number, "samsyn1/compare-") \
    row(log_leaf, "samsyn1/log-leaf") \
    row(log_node, "samsyn1/log-node") \
    row(log_checkpoint, "samsyn1/logcheck") \
    row(read_chain, "samsyn1/readchan") \
    row(escrow_blob, "samsyn1/escrow--") \
    row(escrow_context, "samsyn1/escr-ctx") \
    row(escrow_body, "samsyn1/escr-bod") \
    row(room_frame, "samsyn1/room-frm") \
    row(room_key, "samsyn1/room-key") \
    row(room_context, "samsyn1/room-ctx") \
    row(consent_form, "samsyn1/consform") \
    row(review_sample, "samsyn1/revsampl") \
    row(enrolment_commitment, "samsyn1/enrl-com") \
    row(enrolment_code, "samsyn1/enrlcode") \
    row(recovery_share, "samsyn1/rec-shar") \
    row(recovery_secret, "samsyn1/rec-secr") \
    row(backup_manifest, "samsyn1/bkp-mani") \
    row(backup_key, "samsyn1/bkp-key-") \
    row(signed_note, "samsyn1/sig-note") \
    row(note_text, "samsyn1/notetext") \
    row(attachment, "samsyn1/attachmt") \
    row(attachment_chunk, "samsyn1/attchunk") \
    row(presence, "samsyn1/presence")
// clang-format on

inline constexpr std::size_t domain_label_size = 16;

enum class Domain : unsigned char {
#define SAMSYN_ROW(name, label) name,
    SAMSYN_DOMAIN_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
};

inline constexpr auto domain_labels = std::to_array<std::string_view>({
#define SAMSYN_ROW(name, label) label,
    SAMSYN_DOMAIN_TABLE(SAMSYN_ROW)
#undef SAMSYN_ROW
});

constexpr std::string_view label_of(Domain domain) {
    return domain_labels[static_cast<std::size_t>(domain)];
}

namespace detail {

consteval bool domain_labels_are_sound() {
    for (std::size_t i = 0; i < domain_labels.size(); ++i) {
        if (domain_labels[i].size() != domain_label_size) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (domain_labels[i] == domain_labels[j]) return false;
    }
    return true;
}

}  // namespace detail

static_assert(detail::domain_labels_are_sound(), "a domain label is used twice or is not 16 bytes");

}  // namespace samsyn
