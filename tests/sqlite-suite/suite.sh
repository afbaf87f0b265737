#!/usr/bin/env bash
# suite.sh FOLDER INIT_LIBRARY [FILE...]: SQLite's own TCL tests in FOLDER, in three configurations:
# plain, with 40 reserved bytes a page, and on our VFS. What passes plain is run reserved, what
# passes reserved is run sealed; what then fails must be in known.txt. An hour and a half.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1 init=$2
shift 2
mkdir -p "$folder"
source=$("$here/fetch.sh" "$folder")
source=${source%/}
testfixture=$("$here/testfixture.sh" "$source" "$folder/built" "$init")

# Every file of the source but collections of others, measurements and what takes no part in storage
# and an hour each.
test_files() {
    find "$source/test" -name '*.test' -printf '%f\n' | sort |
        grep -v -E '^(all|full|veryquick|quick|extraquick|permutations|soak|main|releasetest)\.test$' |
        grep -v -E '^(memsubsys1|mallocAll|rbu|rtree|session|async|fts3|fts5|rowallock|sort2)\.test$' |
        grep -v -E '^(speed|bigfile|tt3_|sqllimits|threadtest)|malloc'
}

clean() { awk '$2 == 0 { print $1 ".test" }' "$1/results"; }
total() { awk '{ files++; if ($2 == 0) { clean++; checks += $3 } } END { print files + 0, clean + 0, checks + 0 }' "$1/results"; }
run() { "$here/run.sh" "$testfixture" "$source" "$1" "$folder/$1"; }

if [ $# -gt 0 ]; then printf '%s.test\n' "$@"; else test_files; fi | run plain
clean "$folder/plain" | run reserved
clean "$folder/reserved" | run sealed

printf '\n%-12s %8s %8s %20s\n' configuration files clean 'checks in these'
for configuration in plain reserved sealed; do
    read -r files clean checks <<<"$(total "$folder/$configuration")"
    printf '%-12s %8d %8d %20d\n' "$configuration" "$files" "$clean" "$checks"
done

unexpected=0
printf '\nNot clean on our VFS alone:\n'
while read -r name errors checks _; do
    [ "$errors" = 0 ] && continue
    reason=$(grep -E "^$name " "$here/known.txt" | cut -d' ' -f2- || true)
    if [ -z "$reason" ]; then
        reason='NEW, not in known.txt'
        unexpected=1
    fi
    cases=$(grep -a '^!Failures on these tests: ' "$folder/sealed/$name.log" | cut -d' ' -f5- |
        tr ' ' '\n' | head -6 | tr '\n' ' ' || true)
    printf '%-14s %5d of %-6d %s\n%15s%s\n' "$name" "$errors" "$checks" "$reason" '' "$cases"
done <"$folder/sealed/results"
exit $unexpected
