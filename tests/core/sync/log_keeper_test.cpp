#include "core/sync/log_keeper.hpp"

#include "tests/core/sync/session_rig.hpp"

using namespace samsyn;

namespace {

/// A device's side of the log as a test wants it.
struct ScriptedLog final : LogKeeper {
    Result<LogProofRequest> known_log() override { return known; }

    Result<void> on_log_proof(const LogProof& proof, Instant) override {
        proofs.push_back(proof);
        return verdict;
    }

    Result<std::optional<OutgoingReads>> waiting_reads() override {
        if (pieces.empty()) return std::optional<OutgoingReads>{};
        return std::optional{pieces.front()};
    }

    Result<void> on_reads_acknowledged(std::uint64_t last, Instant) override {
        acknowledged.push_back(last);
        pieces.pop_front();
        return {};
    }

    std::optional<LogQuery> wanted_query() override { return wanted; }

    Result<void> on_log_rows(const LogRows& rows, Instant) override {
        answers.push_back(rows);
        wanted.reset();
        return verdict;
    }

    LogProofRequest known;
    Result<void> verdict;
    std::vector<LogProof> proofs;
    std::deque<OutgoingReads> pieces;
    std::vector<std::uint64_t> acknowledged;
    std::optional<LogQuery> wanted;
    std::vector<LogRows> answers;
};

/// A session of a device that keeps a log.
struct LogRig : SessionRig {
    LogRig() { ledger.log = &log; }

    void go_live() {
        go_to_welcome();
        hear(proof());
        hear(caught_up(CaughtUp::Phase::statements));
        hear(caught_up());
    }

    SignedCheckpoint checkpoint() {
        return sign_checkpoint({ledger.federation_id, incarnation, {3, Hash{}}, clock.now()},
                               server);
    }

    LogProof proof() { return {checkpoint(), {}, {}}; }

    template <class Kind>
    std::size_t place_of() const {
        for (std::size_t i = 0; i < sent.size(); ++i)
            if (std::holds_alternative<Kind>(sent[i])) return i;
        return sent.size();
    }

    template <class Kind>
    bool has() const {
        return place_of<Kind>() < sent.size();
    }

    ScriptedLog log;
};

}  // namespace

TEST_CASE("ClientSession: asks about the log before it replicates, without a round trip of its own",
          "[sync][log]") {
    LogRig rig;
    rig.log.known.size = 7;
    rig.go_to_welcome();
    CHECK(rig.place_of<LogProofRequest>() == rig.place_of<Proof>() + 1);
    CHECK_FALSE(rig.has<Resume>());
    rig.hear(rig.proof());
    CHECK(rig.log.proofs.size() == 1);
    CHECK(rig.has<Resume>());
}

TEST_CASE("ClientSession: nothing is replicated with a server whose log is another",
          "[sync][log][attack]") {
    LogRig rig;
    rig.ledger.wait_with(1);
    rig.log.pieces.push_back({1, Bytes(10)});
    rig.log.verdict = fail(Errc::log_forked, "test");
    rig.go_to_welcome();
    rig.hear(rig.proof());
    REQUIRE(rig.closed);
    CHECK(rig.closed->code == Errc::log_forked);
    CHECK_FALSE(rig.has<Resume>());
    CHECK_FALSE(rig.has<Push>());
}

TEST_CASE("ClientSession: a server that does not prove its log gets nothing",
          "[sync][log][attack]") {
    LogRig rig;
    rig.go_to_welcome();
    SECTION("it says nothing") {
        rig.pass(std::chrono::seconds{21});
        CHECK(rig.closed->code == Errc::timed_out);
    }
    SECTION("it goes on as if nothing had been asked") {
        rig.hear(Deliver{Channel{Stream{}}, {}, 1});
        CHECK(rig.closed->code == Errc::unexpected_message);
    }
    SECTION("another server's checkpoint") {
        FakeSigner other{10};
        LogProof proof = rig.proof();
        proof.checkpoint = sign_checkpoint(proof.checkpoint.checkpoint, other);
        rig.hear(proof);
        CHECK(rig.closed->code == Errc::bad_signature);
    }
    SECTION("a signature over another size") {
        LogProof proof = rig.proof();
        proof.checkpoint.checkpoint.tree.size = 4;
        rig.hear(proof);
        CHECK(rig.closed->code == Errc::bad_signature);
    }
    SECTION("a checkpoint of another life") {
        LogProof proof = rig.proof();
        proof.checkpoint.checkpoint.incarnation = Incarnation{};
        proof.checkpoint = sign_checkpoint(proof.checkpoint.checkpoint, rig.server);
        rig.hear(proof);
        CHECK(rig.closed->code == Errc::malformed);
    }
    CHECK(rig.log.proofs.empty());
}

TEST_CASE("ClientSession: reads go before anything else, one piece at a time", "[sync][log]") {
    LogRig rig;
    rig.ledger.wait_with(1);
    rig.log.pieces.push_back({4, Bytes(10)});
    rig.log.pieces.push_back({9, Bytes(10)});
    rig.go_to_welcome();
    rig.hear(rig.proof());
    REQUIRE(rig.has<Push>());
    CHECK(rig.place_of<Push>() < rig.place_of<Resume>());
    const Push first = std::get<Push>(rig.sent[rig.place_of<Push>()]);
    CHECK(first.kind == EntryKind::reads);
    Answer answer;
    answer.ticket = first.ticket;
    rig.hear(answer);
    CHECK(rig.log.acknowledged == std::vector<std::uint64_t>{4});
    const auto* const second = std::get_if<Push>(&rig.sent.back());
    REQUIRE(second != nullptr);
    CHECK(second->kind == EntryKind::reads);
    CHECK(rig.ledger.answers.empty());
}

TEST_CASE("ClientSession: reads that are refused wait and hold up nothing", "[sync][log]") {
    LogRig rig;
    rig.log.pieces.push_back({4, Bytes(10)});
    rig.go_live();
    CHECK(rig.synced == 0);
    Answer answer;
    answer.ticket = std::get<Push>(rig.sent[rig.place_of<Push>()]).ticket;
    answer.outcome = AnswerOutcome::refused;
    answer.why = Errc::malformed;
    rig.hear(answer);
    CHECK(rig.synced == 1);
    CHECK_FALSE(rig.closed);
    CHECK(rig.log.pieces.size() == 1);
}

TEST_CASE("ClientSession: a question about the log is asked once, and waited for", "[sync][log]") {
    LogRig rig;
    LogQuery query;
    query.ticket = 5;
    rig.log.wanted = query;
    rig.go_live();
    CHECK(rig.has<LogQuery>());
    CHECK(rig.synced == 0);
    LogRows rows;
    rows.ticket = 5;
    rows.checkpoint = rig.checkpoint();
    SECTION("answered") {
        rig.hear(rows);
        CHECK(rig.log.answers.size() == 1);
        CHECK(rig.synced == 1);
    }
    SECTION("answered under another server's name") {
        FakeSigner other{10};
        rows.checkpoint = sign_checkpoint(rows.checkpoint->checkpoint, other);
        rig.hear(rows);
        CHECK(rig.closed->code == Errc::bad_signature);
    }
    SECTION("another one's answer") {
        rows.ticket = 6;
        rig.hear(rows);
        CHECK(rig.closed->code == Errc::unexpected_message);
    }
}
