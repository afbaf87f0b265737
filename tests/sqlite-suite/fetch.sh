#!/usr/bin/env bash
# fetch.sh FOLDER: Debian's source of SQLite, with its own patches, unpacked below FOLDER; prints
# where. The machine's own package lists stay as they are.
set -euo pipefail
folder=$1
mkdir -p "$folder"/apt/lists/partial "$folder"/apt/cache/archives/partial
cd "$folder"
version=$(dpkg-query -W -f '${source:Version}' libsqlite3-0)
if [ ! -f "fetched-$version" ]; then
    . /etc/os-release
    for suite in "http://deb.debian.org/debian $VERSION_CODENAME" \
                 "http://deb.debian.org/debian-security $VERSION_CODENAME-security"; do
        echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $suite main"
    done >apt/sources.list
    options=(-qq -o "Dir::Etc::SourceList=$PWD/apt/sources.list" -o Dir::Etc::SourceParts=-
             -o "Dir::State::Lists=$PWD/apt/lists" -o "Dir::Cache=$PWD/apt/cache"
             -o APT::Sandbox::User=root)
    apt-get "${options[@]}" update >&2
    rm -rf sqlite3-*
    apt-get "${options[@]}" source "sqlite3=$version" >&2
    touch "fetched-$version"
fi
echo "$PWD"/sqlite3-*/
