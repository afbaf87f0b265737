#include "sync-server/app/command_line.hpp"

#include "sync-server/app/admin_cli.hpp"
#include "sync-server/app/commands.hpp"

#include <cstdio>

namespace samsyn {

namespace {

constexpr const char* overview_text =
    "FILES\n"
    "  /etc/samsyn/server.toml   the configuration; `samsyn-server config` prints all keys\n"
    "  /var/lib/samsyn/server    the server's folder: its own key, the database, a TLS pair\n\n"
    "ENVIRONMENT\n"
    "  SAMSYN_SERVER_<SECTION>_<KEY>   overrides a key of the file, as SAMSYN_SERVER_TLS_KEY;\n"
    "                                  an option of the command line overrides both\n\n"
    "SIGNALS\n"
    "  TERM, INT   stop in good order     HUP   look for a renewed TLS pair now\n\n"
    "EXIT CODES\n"
    "  0 done                        1 something else          2 usage\n"
    "  3 no such data folder         4 the folder exists       5 a key others can read\n"
    "  6 another federation          7 a server runs on it     8 port in use\n"
    "  9 bad founding file          10 damaged                11 bad address\n"
    " 12 disk full                  13 wrong database key     14 bad configuration\n"
    " 15 certificate expired        16 clock wrong            17 database is newer\n"
    " 18 cannot write or read       19 bad certificate        30 restored, not confirmed\n"
    " 31 bad backup                 32 no key of the backup\n";

ServerExit said(const Fallible<void>& outcome) {
    if (outcome) return ServerExit::ok;
    std::fprintf(stderr, "samsyn-server: %s\n", outcome.error().sentence.c_str());
    return outcome.error().exit;
}

/// All subcommands; `run` does the one that was given.
class CommandLine {
public:
    CommandLine() {
        app_.set_version_flag("--version", "samsyn-server " SAMSYN_VERSION);
        app_.require_subcommand(1);
        app_.footer(overview_text);
        add_init();
        add_serve();
        check_.command().add_flag("--json", check_options_.json, "Answers in JSON, for scripts.");
    }

    ServerExit run(int argc, char** argv) {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            return app_.exit(error) == 0 ? ServerExit::ok : ServerExit::usage;
        }
        if (config_.command().parsed()) return print_config();
        if (check_.command().parsed()) return check();
        if (serve_.command().parsed()) return serve();
        if (init_.command().parsed()) return init();
        const auto done = admin_.run();
        return done ? said(*done) : ServerExit::usage;
    }

private:
    void add_init() {
        init_.command()
            .add_option("--founding",
                        init_options_.founding,
                        "The public file that samsyn admin found has written.")
            ->required();
        init_.command().add_flag("--json", init_options_.json, "Answers in JSON, for scripts.");
    }

    void add_serve() {
        serve_.key("--listen",
                   "listen",
                   "server",
                   "HOST:PORT, or several with commas; port 0 takes any free one.");
        serve_.key("--port-file",
                   "port_file",
                   "server",
                   "Writes the port to this file when the server is ready.");
        serve_.key("--threads", "threads", "server", "Threads for sockets and TLS.");
        serve_.key("--strangers-per-block",
                   "unauthenticated_per_block_max",
                   "limits",
                   "How many connections of one address block (IPv4 /24, IPv6 /48) may be at the "
                   "handshake at once.");
        serve_.key("--record-frames",
                   "record_frames",
                   "server",
                   "Appends every message inside TLS to this file, for debugging. It holds sealed "
                   "content, ids and times.");
        serve_.command().add_flag("--accept-clock",
                                  serve_options_.accept_clock,
                                  "Serves although the database holds something of later than now: "
                                  "the clock was wrong then, and is right now.");
    }

    ServerExit check() {
        if (const auto where = check_.check_says_where(); !where) return said(where);
        return run_check(check_.sources(), check_options_);
    }

    ServerExit print_config() {
        const auto config = usable_config(config_.sources());
        if (!config) return said(std::unexpected{config.error()});
        std::fputs(documented_config(*config).c_str(), stdout);
        return ServerExit::ok;
    }

    ServerExit serve() {
        const auto config = serve_.config();
        if (!config) return said(std::unexpected{config.error()});
        serve_options_.where = serve_.where();
        return said(run_serve(*config, serve_options_));
    }

    ServerExit init() {
        const auto config = init_.config();
        if (!config) return said(std::unexpected{config.error()});
        init_options_.data = config->data;
        init_options_.database_key = config->database_key;
        return said(run_init(init_options_));
    }

    CLI::App app_{
        "The server of Samsyn: devices of one federation synchronise through it. It reads no "
        "content."};
    InitOptions init_options_;
    ServeOptions serve_options_;
    CheckOptions check_options_;
    ConfiguredCommand init_{
        app_, "init", "Makes the server's folder: its own key, a TLS certificate, the database."};
    ConfiguredCommand serve_{
        app_, "serve", "Serves until SIGTERM or SIGINT. Logs JSON lines to stderr."};
    ConfiguredCommand check_{
        app_,
        "check",
        "Says all that is wrong with a configuration and its files, and what to do."};
    ConfiguredCommand config_{
        app_, "config", "Prints the configuration file with every key and its default."};
    AdminCommandLine admin_{app_};
};

}  // namespace

ServerExit run_command_line(int argc, char** argv) {
    return CommandLine{}.run(argc, argv);
}

}  // namespace samsyn
