// Hub: what a backup may lack (docs/PROTOCOL.md, "After a restore").

#include "core/wire/log_rows.hpp"
#include "sync-server/hub/hub_impl.hpp"
#include "sync-server/hub/restored.hpp"

namespace samsyn {

namespace {

constexpr std::size_t receipts_bytes_max = 48 * 1024;  // rows and paths of one message

}  // namespace

Result<Receipts::Row> Hub::Impl::receipt_of(const Hash& entry, std::uint64_t row) {
    Receipts::Row receipt;
    receipt.entry = entry;
    receipt.number = row;
    receipt.row = SAMSYN_TRY(ports.storage.log().row(row));
    receipt.path = SAMSYN_TRY(access_log.prove_row(row));
    return receipt;
}

/// Each device learns of its own entries only: who else wrote what is nobody's business.
Result<Receipts> Hub::Impl::receipts_for(const DeviceId& device,
                                         const ReceiptRequest& request,
                                         Instant now) {
    Receipts answer;
    answer.checkpoint = checkpoint(now);
    answer.backed_up = SAMSYN_TRY(backed_up_rows(ports.storage));
    std::size_t bytes = 0;
    for (const Hash& entry : request.entries) {
        const auto stored = SAMSYN_TRY(ports.storage.find(entry));
        if (!stored || stored->author != device) continue;
        const auto row = SAMSYN_TRY(ports.storage.log_row(entry));
        if (!row || *row >= answer.checkpoint.checkpoint.tree.size) continue;
        Receipts::Row receipt = SAMSYN_TRY(receipt_of(entry, *row));
        if (receipt.row.size() > receipt_row_bytes_max || receipt.path.size() > receipt_path_max)
            continue;
        bytes += receipt.row.size() + (receipt.path.size() + 2) * Hash::size;
        if (bytes > receipts_bytes_max) break;
        answer.rows.push_back(std::move(receipt));
    }
    return answer;
}

/// What the log of an earlier life shows to have been taken. Errors: `bad_signature` where no
/// server of ours signed it, `not_permitted` where no restore leads from that life to this one,
/// `not_authentic` where the row is not in that log, or says something else.
Result<Hash> Hub::Impl::taken_before(const Resend& resend) {
    const LogReceipt& receipt = resend.receipt;
    const Checkpoint& shown = receipt.checkpoint.checkpoint;
    const SigningPublicKey& key = receipt.checkpoint.server_key;
    const bool ours = key == ports.signer.public_key() || registry.federation().is_server(key);
    if (!ours || shown.federation != federation ||
        !verify_checkpoint(receipt.checkpoint, ports.verifier))
        return fail(Errc::bad_signature, "checkpoint of the receipt");
    if (restores.since(shown.incarnation, registry).restores.empty())
        return fail(Errc::not_permitted, "a receipt of another life of the log");
    if (!verify_inclusion(leaf_hash(receipt.row, ports.hasher),
                          receipt.number,
                          shown.tree,
                          receipt.path,
                          ports.hasher))
        return fail(Errc::not_authentic, "a row that is not in the log");
    const LogRow row = SAMSYN_TRY(decode_log_row(receipt.row));
    const auto* const accepted = std::get_if<RowAccepted>(&row.act);
    if (accepted == nullptr || accepted->kind != resend.kind)
        return fail(Errc::not_authentic, "a row that says something else");
    return accepted->hash;
}

void Hub::Impl::on_resend(LinkId id, HubLink& link, const Resend& resend, Instant now) {
    if (!may_push_now(id, link, now)) return;
    const DeviceId device = link.delivery->device();
    if (!within_rate(device, resend.kind, now)) {
        link.ending = Error{Errc::rate_limited, "pushes of one device"};
        awake.insert(id);
        return;
    }
    Verdict verdict;
    if (const auto taken = taken_before(resend); !taken) {
        verdict.outcome = AnswerOutcome::refused;
        verdict.why = taken.error();
    } else {
        auto judged =
            Acceptance{{ports.storage, registry, ports.signer, ports.verifier, ports.hasher}, now}
                .accept_resent(resend.kind, resend.bytes, *taken);
        if (!judged) {
            group_failed = judged.error();
            return;
        }
        verdict = *std::move(judged);
    }
    answer_push(id, link, resend.ticket, resend.kind, verdict, now);
}

}  // namespace samsyn
