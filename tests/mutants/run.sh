#!/usr/bin/env bash
# run.sh [WORD...]: plants one bug after another in the sources, builds, and runs the tests that should
# notice: all of bugs.sh, or those whose name has a word. Ends with how many were found, and by which test.
#
# It edits the working tree and takes the edit back, whatever happens. Whoever kills it finds the source
# put back by the next run.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=build/dev
kept=build/mutants
wanted=("$@")
allowed_to_live=1
found=0 alive=() skipped=() used=()

restore() {
    [ -e "$kept/path" ] || return 0
    cp "$kept/source" "$(<"$kept/path")"  # with a new time: it is built again
    rm -rf "$kept"
}
trap restore EXIT
trap 'exit 130' INT TERM
restore

is_wanted() { # <name>
    [ ${#wanted[@]} -eq 0 ] && return 0
    local word
    for word in "${wanted[@]}"; do
        [[ $1 == *"$word"* ]] && return 0
    done
    return 1
}

# plant FILE FROM TO: FROM must stand there exactly once.
plant() {
    local source rest
    source=$(<"$1")
    rest=${source#*"$2"}
    [ "$rest" != "$source" ] && [ "${rest#*"$2"}" = "$rest" ] || return 1
    mkdir -p "$kept"
    cp "$1" "$kept/source"
    printf '%s' "$1" >"$kept/path"
    printf '%s\n' "${source%%"$2"*}$3$rest" >"$1"
}

# bug NAME TEST FILTER FILE FROM TO: TEST is a test program's name, FILTER what it runs of itself.
bug() {
    local name=$1 program=samsyn_test_$2
    is_wanted "$name" || return 0
    printf '%-46s ' "$name"
    used+=("$program")
    if ! plant "$4" "$5" "$6"; then
        skipped+=("$name")
        echo "SKIPPED: $4 has changed; renew tests/mutants/bugs.sh"
        return 0
    fi
    if ! cmake --build "$build" --target "$program" >"$kept/build.log" 2>&1; then
        skipped+=("$name")
        echo "SKIPPED: it does not build: $(grep -m 1 'error:' "$kept/build.log" || tail -n 1 "$kept/build.log")"
    elif (timeout 300 "$build/tests/$program" "$3" >"$kept/test.log" 2>&1; exit $?) 2>/dev/null; then
        alive+=("$name")
        echo "ALIVE: $program $3 passes"
    else
        found=$((found + 1))
        local by
        by=$(sed -n 's|^.*/\(tests/[^ ]*:[0-9]*\): FAILED.*|\1|p' "$kept/test.log" | head -n 1)
        echo "found: ${by:-the program ended}"
    fi
    restore
}

source tests/mutants/bugs.sh

[ ${#used[@]} -eq 0 ] || cmake --build "$build" --target "${used[@]}" >/dev/null  # without the bugs

planted=$((found + ${#alive[@]}))
printf '\n%d of %d bugs were found' "$found" "$planted"
[ ${#alive[@]} -eq 0 ] || printf '; alive: %s' "${alive[*]}"
[ ${#skipped[@]} -eq 0 ] || printf '; not planted: %s' "${skipped[*]}"
printf '.\n'
[ ${#alive[@]} -le $allowed_to_live ] && [ ${#skipped[@]} -eq 0 ] && [ "$planted" -gt 0 ]
