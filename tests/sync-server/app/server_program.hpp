#pragma once

#include "core/base/codec.hpp"
#include "core/base/system_clock.hpp"
#include "core/wire/statement_codec.hpp"
#include "crypto/identity/signing_key.hpp"
#include "crypto/keys/sodium.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fstream>
#include <iterator>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace samsyn::test {

namespace fs = std::filesystem;

struct Finished {
    int exit = -1;
    std::string output;
};

/// A running program, samsyn-server as a rule; killed on destruction if it has not ended by itself.
class Program {
public:
    explicit Program(std::vector<std::string> arguments,
                     std::vector<std::string> variables = {},
                     std::string program = SAMSYN_SERVER_PROGRAM) {
        int pipe_ends[2] = {};
        REQUIRE(::pipe(pipe_ends) == 0);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDERR_FILENO);
        ::posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
        std::vector<char*> argv{program.data()};
        for (std::string& argument : arguments) argv.push_back(argument.data());
        argv.push_back(nullptr);
        std::vector<char*> all;
        for (std::string& variable : variables) all.push_back(variable.data());
        for (char** each = environ; *each != nullptr; ++each) all.push_back(*each);
        all.push_back(nullptr);
        REQUIRE(::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), all.data()) == 0);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(pipe_ends[1]);
        out_ = ::fdopen(pipe_ends[0], "r");
    }

    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    ~Program() {
        if (pid_ > 0) {
            ::kill(pid_, SIGKILL);
            ::waitpid(pid_, nullptr, 0);
        }
        std::fclose(out_);
    }

    std::string line() {
        std::string text;
        for (int c = std::fgetc(out_); c != EOF && c != '\n'; c = std::fgetc(out_))
            text += static_cast<char>(c);
        return text;
    }

    /// The next line that holds `word`; empty where the output ends before.
    std::string line_with(std::string_view word) {
        while (std::feof(out_) == 0)
            if (std::string text = line(); text.contains(word)) return text;
        return {};
    }

    void signal(int which) const { ::kill(pid_, which); }

    /// What the kernel says of the process.
    std::string told_by_kernel(const char* what) const {
        std::ifstream in{"/proc/" + std::to_string(pid_) + "/" + what};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    /// Whose the kernel lets it be.
    uid_t owner_by_kernel() const {
        struct stat facts{};

        REQUIRE(::stat(("/proc/" + std::to_string(pid_) + "/limits").c_str(), &facts) == 0);
        return facts.st_uid;
    }

    Finished finish() {
        Finished finished;
        for (int c = std::fgetc(out_); c != EOF; c = std::fgetc(out_))
            finished.output += static_cast<char>(c);
        int status = 0;
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
        if (WIFEXITED(status)) finished.exit = WEXITSTATUS(status);
        return finished;
    }

private:
    pid_t pid_ = -1;
    std::FILE* out_ = nullptr;
};

inline Finished run(std::vector<std::string> arguments, std::vector<std::string> variables = {}) {
    return Program{std::move(arguments), std::move(variables)}.finish();
}

/// What `samsyn admin found` writes: a root, an organisation, its administrator.
inline Bytes founding_bytes(bool with_administrator = true) {
    const SodiumHasher hasher;
    SigningKey root = SigningKey::generate();
    const SigningKey admin = SigningKey::generate();
    SodiumRandom random;
    StatementHeader header;
    header.author = device_id_of(root.public_key(), hasher);
    Writer file;
    const auto say = [&](StatementBody body) {
        ++header.counter;
        header.time =
            HybridTime::at(SystemClock{}.now(), static_cast<std::uint16_t>(header.counter));
        const Statement statement = sign_statement(header, std::move(body), root, hasher);
        file.blob(encode_statement(statement));
        if (header.federation.is_none())
            header.federation = FederationId::from(statement.id.view());
        header.previous = {statement.id};
    };
    say(Founding{root.public_key(), {}});
    OrganisationAdmitted admitted;
    admitted.organisation = random_id<OrganisationId>(random);
    say(admitted);
    if (with_administrator)
        say(AdministratorCertified{admitted.organisation,
                                   random_id<UserId>(random),
                                   device_id_of(admin.public_key(), hasher),
                                   admin.public_key(),
                                   random_id<SealingPublicKey>(random)});
    return std::move(file).take();
}

struct World {
    World() {
        REQUIRE(start_sodium());
        write(founding_bytes());
    }

    void write(ByteView bytes) const {
        std::ofstream out{founding, std::ios::binary};
        out << as_text(bytes);
    }

    Finished init() const { return run({"init", "--data", data, "--founding", founding}); }

    std::vector<std::string> serve(std::string listen = "127.0.0.1:0") const {
        return {"serve", "--data", data, "--listen", std::move(listen), "--port-file", port_file};
    }

    TemporaryFolder folder;
    std::string data = (folder / "data").string();
    std::string founding = (folder / "founding").string();
    std::string port_file = (folder / "port").string();
};

inline std::string read(const std::string& file) {
    std::ifstream in{file};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline unsigned mode(const std::string& file) {
    struct stat status{};

    ::stat(file.c_str(), &status);
    return status.st_mode & 0777U;
}

}  // namespace samsyn::test
