// samsyn-server: accepts, checks, orders and hands out what devices have signed and sealed. It
// links nothing that could open content.

#include "crypto/keys/sodium.hpp"
#include "sync-server/app/admin_cli.hpp"
#include "sync-server/app/commands.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <functional>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace {

using namespace samsyn;

/// Memory holds the identity key: it must not reach a disk.
void forbid_core_dumps() {
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::prctl(PR_SET_DUMPABLE, 0);
}

int report(const Fallible<void>& outcome) {
    if (outcome) return 0;
    std::fprintf(stderr, "samsyn-server: %s\n", outcome.error().sentence.c_str());
    return static_cast<int>(outcome.error().exit);
}

}  // namespace

int main(int argc, char** argv) {
    forbid_core_dumps();
    if (const auto started = start_sodium(); !started)
        return report(give_up(ServerExit::failed, to_string(started.error()) + "."));

    CLI::App app{
        "The server of Samsyn: devices of one federation synchronise through it. It reads "
        "no content."};
    app.set_version_flag("--version", "samsyn-server " SAMSYN_VERSION);
    app.require_subcommand(1);

    InitOptions init;
    auto* init_command = app.add_subcommand(
        "init", "Makes the server's folder: its own key, a TLS certificate, the database.");
    init_command
        ->add_option("--data", init.data, "The folder to make. It must not exist, or be empty.")
        ->required();
    init_command
        ->add_option(
            "--founding", init.founding, "The public file that samsyn admin found has written.")
        ->required();
    constexpr const char* key_help =
        "The file with the key of the database (default: database.key in the folder). Kept on "
        "another disk, it makes a stolen one unreadable.";
    init_command->add_option("--database-key", init.database_key, key_help);
    init_command->add_flag("--json", init.json, "Answers in JSON, for scripts.");

    ServeOptions serve;
    auto* serve_command =
        app.add_subcommand("serve", "Serves until SIGTERM or SIGINT. Logs JSON lines to stderr.");
    serve_command->add_option("--data", serve.data, "The folder that init has made.")->required();
    serve_command->add_option("--listen", serve.listen, "HOST:PORT; port 0 takes any free one.")
        ->required();
    serve_command->add_option(
        "--port-file", serve.port_file, "Writes the port to this file when the server is ready.");
    serve_command->add_option("--threads", serve.threads, "Threads for sockets and TLS.")
        ->check(CLI::Range(1, 64))
        ->capture_default_str();
    serve_command
        ->add_option("--strangers-per-block",
                     serve.unauthenticated_per_block_max,
                     "How many connections of one address block (IPv4 /24, IPv6 /48) may be at the "
                     "handshake at once. Raise it where all tablets come through one proxy.")
        ->check(CLI::Range(1, 100'000))
        ->capture_default_str();
    serve_command->add_option(
        "--record-frames",
        serve.record_frames,
        "Appends every message inside TLS to this file, for debugging. It holds "
        "sealed content, ids and times.");

    serve_command->add_option("--database-key", serve.database_key, key_help);

    AdminCommands admin;
    add_admin_commands(app, admin, key_help);

    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(ServerExit::usage);
    }
    if (init_command->parsed()) return report(run_init(init));
    if (serve_command->parsed()) return report(run_serve(serve));
    return report(run_admin_command(admin));
}
