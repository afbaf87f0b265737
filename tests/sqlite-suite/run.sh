#!/usr/bin/env bash
# run.sh TESTFIXTURE SOURCE CONFIGURATION OUTPUT < list of test files
# Runs each file in a process and an empty folder of its own. Writes OUTPUT/FILE.log and one line a
# file to OUTPUT/results: file, errors, checks, seconds. A file that ends without its own summary
# (it crashed, or took too long) has one error more than it has told of.
set -euo pipefail
testfixture=$1 source=$2 configuration=$3 output=$4
seconds_max=${SAMSYN_SUITE_SECONDS_MAX:-600}
export SAMSYN_SUITE=$configuration
mkdir -p "$output"
: >"$output/results"
scratch=$(mktemp -d "$output/scratch.XXXXXX")
trap 'rm -rf "$scratch"' EXIT
mapfile -t files
for number in "${!files[@]}"; do
    file=${files[$number]}
    name=$(basename "$file" .test)
    log=$output/$name.log
    rm -rf "$scratch/here" && mkdir "$scratch/here"
    started=$SECONDS
    (cd "$scratch/here" && nice -n 10 timeout -k 5 "$seconds_max" "$testfixture" "$source/test/$file") \
        >"$log" 2>&1 </dev/null || true
    summary=$(grep -a -E '^[0-9]+ errors out of [0-9]+ tests' "$log" | tail -1 || true)
    if [ -n "$summary" ]; then
        read -r errors _ _ _ checks _ <<<"$summary"
    else
        errors=$(($(grep -a -c '^! ' "$log" || true) + 1))
        checks=$(grep -a -c '\.\.\. Ok$' "$log" || true)
    fi
    printf '%s %s %s %s\n' "$name" "$errors" "$checks" $((SECONDS - started)) >>"$output/results"
    printf '\r%-10s %4d of %d  %-40s' "$configuration" $((number + 1)) ${#files[@]} "$name"
done
echo
