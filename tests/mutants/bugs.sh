# The bugs that run.sh plants, each once: name, test program, what it runs, file, what stands there, what then
# stands there. A bug that is planted is one that somebody could make.
d=client-sdk/device

# --- What the server lets out and takes in -----------------------------------------------------------
bug skip_the_fence hub '[hub]' sync-server/hub/delivery.cpp \
    'const auto permission = registry.may(compartment, Request{}, device_, now);' \
    'auto permission = registry.may(compartment, Request{}, device_, now); permission.permitted = true;'
bug give_batches_without_key hub '[hub]' sync-server/hub/delivery.cpp \
    'return epoch != nullptr && epoch->holders.contains(device_);' 'return epoch != nullptr;'
bug acknowledge_before_it_is_durable crash_store '*' core/store/database.cpp \
    'PRAGMA synchronous = FULL' 'PRAGMA synchronous = OFF'
bug accept_unsigned_batch hub '[hub]' sync-server/hub/acceptance_batch.cpp \
    'if (!verify_batch(batch, *key, ports_.verifier))' 'if (key == nullptr)'
bug accept_old_epoch hub '[hub]' sync-server/hub/acceptance_batch.cpp \
    'if (!registry.is_open(*epoch, now_))' 'if (false)'
bug accept_author_without_key hub '[hub]' sync-server/hub/acceptance_batch.cpp \
    'if (!epoch->holders.contains(header.author))' 'if (false)'
bug accept_sequence_twice hub '[hub]' sync-server/hub/acceptance_batch.cpp \
    'if (taken) return refuse(' 'if (false) return refuse('
bug presence_past_the_fence hub '[presence]' sync-server/hub/hub_presence.cpp \
    'may_see_present(presence->compartment, to, now))' 'to != DeviceId{})'
bug presence_of_the_revoked hub '[presence]' sync-server/hub/hub_presence.cpp \
    'if (may_see_present(presence->compartment, presence->device, now) &&' 'if ('
bug presence_of_another hub '[presence]' sync-server/hub/hub_presence.cpp \
    'if (presence.device != from)' 'if (false)'

# --- What a device believes ---------------------------------------------------------------------------
bug take_unsigned_batch device '[device]' $d/applying.cpp \
    'if (!verify_batch(batch, *author, ports.verifier))' 'if (author == nullptr)'
bug take_unsigned_packet device '[device]' $d/applying.cpp \
    'if (!verify_packet(packet, *author, ports.verifier))' 'if (author == nullptr)'
bug move_the_cursor_early device '[device]' $d/applying.cpp \
    'EntryNumber number = deliver.up_to;' 'EntryNumber number = deliver.up_to + 1;'
bug forget_the_rollback sync '*' core/sync/client_session.cpp \
    'if (!ports_.verifier.verify(server_key_,' 'if (false && !ports_.verifier.verify(server_key_,'
bug work_on_as_a_clone device '*' $d/ledger.cpp \
    'if (welcome.greatest_counter > last)' 'if (welcome.greatest_counter > last + 1000000)'
bug follow_a_forked_log device_log '*' $d/log_book.cpp \
    'verify_consistency(base, shown.checkpoint.tree, path, my_.ports.hasher);' \
    'verify_consistency(base, shown.checkpoint.tree, path, my_.ports.hasher) || true;'
bug key_without_its_check device '*' $d/applying.cpp \
    'if (ports.sealer.check_value(key, packet.compartment, packet.nonce) != packet.check)' 'if (false)'
bug presence_unsigned device '[presence]' $d/presence.cpp \
    'if (!said || !my_.ports.verifier.verify(' 'if (!said || !true || !my_.ports.verifier.verify('
bug presence_told_again device '[presence]' $d/presence.cpp \
    'if (presence.at <= other.said) return false;' ''
bug presence_of_no_reader device '[presence]' $d/presence.cpp \
    'if (std::ranges::find(readers, presence.device) == readers.end()) return nothing;' ''

# --- What is bound, merged, remembered and forgotten --------------------------------------------------
bug forget_an_authenticated_field wire '*' core/wire/batch.cpp \
    'out.id(batch.compartment);
    out.id(batch.epoch);
    out.id(batch.author);
    out.number(batch.counter);
    out.boolean(batch.restatement);' \
    'out.id(batch.compartment);
    out.id(batch.author);
    out.number(batch.counter);
    out.boolean(batch.restatement);'
bug page_without_its_number at_rest '*' crypto/at_rest/page_cipher.cpp \
    'at = put(at, place.number);' 'at = put(at, std::uint32_t{0});'
bug replaced_value_comes_back merge '*' core/merge/field_state.cpp \
    'if (replaced_.contains(version)) return changed;' ''
bug late_words_without_bound store '[recall]' core/store/late_words.cpp \
    'if (count.number(0) >= late_words_of_device_max) return false;' ''
bug late_words_outlive_the_purge store '[recall]' core/store/device_store.cpp \
    'SAMSYN_TRY(LateRows{database_}.erase_of(compartment));' ''
bug pin_tried_uncounted vault '*' crypto/vault/vault_pin.cpp \
    'if (!used_up) ++next.pin_tries;' ''

# --- What is taken back, given up, and whose it is ----------------------------------------------------
bug recall_by_another_unit device '[recall],[escrow]' $d/escrow_duty.cpp \
    'SAMSYN_TRY(check_recall({change, entry.author, entry.compartment.id}));' ''
bug lost_words_are_sent device '[recall]' $d/sealing.cpp 'SAMSYN_TRY(park_lost(stored.id));' ''
bug recalled_words_to_escrow device '[recall],[escrow]' $d/escrow.cpp \
    'if (SAMSYN_TRY(is_lost(compartment.id, pending.change.header)))' \
    'if (false && SAMSYN_TRY(is_lost(compartment.id, pending.change.header)))'
bug drop_refused_escrow device '[escrow]' $d/escrow.cpp \
    'if (!kept) return note_fault({answer.why, "escrow: " + answer.context});' \
    'if (!kept) SAMSYN_TRY(note_fault({answer.why, "escrow: " + answer.context}));'
bug consent_outlives_its_end policy '*' core/policy/in_force.hpp '!facts.ended.contains(consent.id) &&' 'true &&'
bug youths_word_outlives_the_case policy '*' core/policy/locks.cpp 'is_alive(consent, question) && ' ''
bug observation_outside_the_circle showing '[visit]' $d/visits.cpp \
    'if (!observation.closed) observation.closed = note.closed;' ''
bug visit_page_for_everybody showing '[visit]' $d/visits.cpp \
    'return item.label.disclosing == note.label.disclosing &&' 'return '
