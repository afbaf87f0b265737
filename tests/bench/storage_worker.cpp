#include "tests/bench/storage_worker.hpp"

#include "core/base/result.hpp"
#include "tests/bench/storage_connection.hpp"
#include "tests/bench/storage_steps.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <optional>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace samsyn::bench {

namespace {

using Clock = std::chrono::steady_clock;

/// What the child holds: the connection, and the steps on it.
class StorageChild {
public:
    StorageChild(StorageSide side, std::filesystem::path folder)
        : connection_(side, std::move(folder)) {}

    StorageReply run(const StorageRequest& request) {
        if (request.step == StorageStep::cost_of_a_page) return cost_of_a_page(request.count);
        if (request.step == StorageStep::open_again) steps_.reset();
        prepare(request);
        const PageCounts before = connection_.counts();
        const auto start = Clock::now();
        act(request);
        const Seconds taken = Clock::now() - start;
        const PageCounts after = connection_.counts();
        if (request.step == StorageStep::insert_for_later) steps_->checkpoint_automatically(true);
        return {.seconds = taken.count(),
                .pages_sealed = after.pages_sealed - before.pages_sealed,
                .pages_opened = after.pages_opened - before.pages_opened,
                .small_pieces = after.small_pieces - before.small_pieces,
                .table_bytes = after.table_bytes - before.table_bytes,
                .file_bytes = connection_.file_bytes()};
    }

private:
    void prepare(const StorageRequest& request) {
        const bool inserts =
            request.step == StorageStep::insert || request.step == StorageStep::insert_for_later;
        if (inserts) steps_->prepare(request.count);
        if (request.step == StorageStep::insert_for_later) steps_->checkpoint_automatically(false);
    }

    void act(const StorageRequest& request) {
        switch (request.step) {
            case StorageStep::create:
                connection_.create();
                steps_.emplace(connection_.handle());
                steps_->make_tables();
                steps_->prepare(request.count);
                steps_->insert(1'000);
                steps_->fill_search(request.count);
                break;
            case StorageStep::open_again:
                connection_.open_again();
                steps_.emplace(connection_.handle());
                break;
            case StorageStep::insert:
            case StorageStep::insert_for_later:
                steps_->insert(request.each);
                break;
            case StorageStep::checkpoint:
                steps_->checkpoint();
                break;
            case StorageStep::read_points:
                steps_->read_points(request.count, request.each);
                break;
            case StorageStep::scan:
                steps_->scan();
                break;
            case StorageStep::search:
                steps_->search(request.count);
                break;
            case StorageStep::file_size:
            case StorageStep::cost_of_a_page:
            case StorageStep::stop:
                break;
        }
    }

    static StorageReply cost_of_a_page(std::uint64_t pages);

    StorageConnection connection_;
    std::optional<StorageSteps> steps_;  // after the connection: its statements go first
};

/// The 4 056 bytes that a page of 4 096 has left, with a nonce of its own, as the VFS must do it.
StorageReply StorageChild::cost_of_a_page(std::uint64_t pages) {
    std::vector<unsigned char> page(4'056);
    std::vector<unsigned char> sealed(page.size() + crypto_aead_xchacha20poly1305_ietf_ABYTES);
    std::array<unsigned char, 64> place{};
    std::array<unsigned char, 32> key{};
    std::array<unsigned char, 24> nonce{};
    randombytes_buf(page.data(), page.size());
    const auto start = Clock::now();
    for (std::uint64_t i = 0; i < pages; ++i) {
        randombytes_buf(nonce.data(), nonce.size());
        crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data(),
                                                   nullptr,
                                                   page.data(),
                                                   page.size(),
                                                   place.data(),
                                                   place.size(),
                                                   nullptr,
                                                   nonce.data(),
                                                   key.data());
    }
    const Seconds seal = Clock::now() - start;
    const auto open_start = Clock::now();
    for (std::uint64_t i = 0; i < pages; ++i)
        SAMSYN_ASSERT(crypto_aead_xchacha20poly1305_ietf_decrypt(page.data(),
                                                                 nullptr,
                                                                 nullptr,
                                                                 sealed.data(),
                                                                 sealed.size(),
                                                                 place.data(),
                                                                 place.size(),
                                                                 nonce.data(),
                                                                 key.data()) == 0);
    const Seconds open = Clock::now() - open_start;
    const auto count = static_cast<double>(pages);
    return {.seal_seconds = seal.count() / count, .open_seconds = open.count() / count};
}

template <class T>
void send_all(int socket, const T& value) {
    SAMSYN_ASSERT(::send(socket, &value, sizeof value, MSG_NOSIGNAL) == sizeof value);
}

template <class T>
T receive_all(int socket) {
    T value;
    SAMSYN_ASSERT(::recv(socket, &value, sizeof value, MSG_WAITALL) == sizeof value);
    return value;
}

[[noreturn]] void serve(StorageSide side, const std::filesystem::path& folder, int socket) {
    {
        StorageChild child{side, folder};
        for (;;) {
            const auto request = receive_all<StorageRequest>(socket);
            if (request.step == StorageStep::stop) break;
            send_all(socket, child.run(request));
        }
    }
    std::_Exit(0);
}

}  // namespace

StorageWorker::StorageWorker(StorageSide side, const std::filesystem::path& folder) {
    std::array<int, 2> sockets{};
    SAMSYN_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets.data()) == 0);
    pid_ = ::fork();
    SAMSYN_ASSERT(pid_ >= 0);
    if (pid_ == 0) {
        ::close(sockets[0]);
        serve(side, folder, sockets[1]);
    }
    ::close(sockets[1]);
    socket_ = sockets[0];
}

StorageWorker::~StorageWorker() {
    send_all(socket_, StorageRequest{.step = StorageStep::stop});
    ::close(socket_);
    int status = 0;
    ::waitpid(pid_, &status, 0);
}

StorageReply StorageWorker::ask(const StorageRequest& request) {
    send_all(socket_, request);
    return receive_all<StorageReply>(socket_);
}

}  // namespace samsyn::bench
