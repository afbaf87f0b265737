#!/usr/bin/env bash
# tidy.sh [SOURCE...]: runs clang-tidy over the sources named, or over all that the preset `tidy`
# compiles (configured, never built), and prints each finding once, at the end. Sources of a room are
# read several at a time, as they are compiled: most of the time goes into their headers.
# What was found clean is not read again until it, what it includes, its flags or a .clang-tidy change.
set -euo pipefail
cd "$(dirname "$0")/.."
export build=$PWD/build/tidy
commands=$build/compile_commands.json

sources() { # all but Boost's own
    sed -n "s|^ *\"file\": \"$PWD/\(.*\)\"|\1|p" "$commands" | grep -v '^cmake/' | sort -u
}

unit_of() { # <source>: the file of several that has it, the first of those, or itself
    local unit
    unit=$(grep -rlF --include='*.cxx' "\"$PWD/$1\"" "$build" | head -n 1 || true)
    unit=${unit#"$PWD"/}
    echo "${unit:-$1}"
}

command_of() { # <source>
    grep -B 1 -m 1 -F "\"file\": \"$PWD/$1\"" "$commands" |
        sed -n '1 { s/^ *"command": "//; s/",$//; s/\\\(.\)/\1/g; p }'
}

fingerprint() { # <source>: changes with everything that clang-tidy sees of it, comments too
    local command
    command=$(command_of "$1") || { echo "The preset tidy does not compile $1" >&2; return 1; }
    { cat .clang-tidy tests/.clang-tidy && cd "$build" && eval "${command/ -o * -c / -E -C }" || true; } \
        2>/dev/null | sha256sum | cut -d ' ' -f 1
}

check() { # <source>
    local log=$build/found/${1//\//.} several='' left_out='' mark
    [[ $1 == *.cxx ]] && several=yes
    [[ $1 == */tests/*.cxx ]] && left_out=,$(sed -n 's/^Checks: //p' tests/.clang-tidy)
    mark=$build/clean/$(fingerprint "$1")
    if [ ! -e "$mark" ]; then
        # A file of several includes sources, which only such a file may; and it lies in no folder of ours,
        # where clang-tidy looks for what is left out of tests.
        if clang-tidy-19 -p "$build" --quiet ${several:+"--checks=-bugprone-suspicious-include$left_out"} \
            "$PWD/$1" >"$log" 2>&1; then
            rm "$log"
            : >"$mark"
        else
            echo "$1" >>"$build/unclean"
        fi
    fi
    echo "$1" >>"$build/checked"
    printf '[%d/%d] %s\n' "$(wc -l <"$build/checked")" "$count" "$1"
}

findings() { # with their notes, each once however many sources include the place
    awk '/: (error|warning): .*\]$/ { show = !seen[$0]++ } /^[0-9]+ warnings? .*(generated|treated)/ { show = 0 } show' "$@"
}

rm -rf "$build/found" "$build/checked" "$build/unclean"
mkdir -p "$build/found" "$build/clean"
if [ $# -gt 0 ]; then
    mapfile -t all < <(for source in "$@"; do unit_of "$source"; done | sort -u)
else
    mapfile -t all < <(sources)
fi
set -- "${all[@]}"
export commands count=$#
export -f command_of fingerprint check
printf '%s\n' "$@" | xargs -P "$(nproc)" -n 1 bash -euo pipefail -c 'check "$1"' check

[ -e "$build/unclean" ] || exit 0
printf '\n'
findings "$build"/found/*
printf '\nNot clean (all that was said is in build/tidy/found):\n'
sort "$build/unclean"
exit 1
