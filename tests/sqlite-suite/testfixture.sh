#!/usr/bin/env bash
# testfixture.sh SOURCE FOLDER INIT_LIBRARY: builds SQLite's own test program in FOLDER; prints where
# it is. INIT_LIBRARY (suite_init.cpp) decides at the program's start which configuration it is.
set -euo pipefail
source=$1 folder=$2 init=$3
mkdir -p "$folder"
cd "$folder"
if [ ! -x testfixture ]; then
    "$source/configure" "--with-tcl=$(dirname "$(find /usr/lib -name tclConfig.sh | head -1)")" \
        --enable-fts4 --enable-fts5 CFLAGS=-O2 >configure.log
    make sqlite3.c >make.log 2>&1
    # A new database's reserved bytes: SQLite's interface (SQLITE_FCNTL_RESERVE_BYTES) reaches the
    # main database of a connection only, not attached ones. So the default itself comes from us.
    count=$(grep -c '^ *nReserve = 0;$' sqlite3.c)
    [ "$count" = 1 ] || { echo "SQLite's source has changed: nReserve" >&2; exit 1; }
    sed -i 's/^ *nReserve = 0;$/{ extern int samsyn_suite_reserved(void);\n nReserve = isTempDb || isMemdb ? 0 : (u8)samsyn_suite_reserved(); }/' sqlite3.c
    # As in SQLite's Makefile, but pages of 4096 bytes as in production, and our start.
    flags="-DSQLITE_TEST=1 -DSQLITE_CRASH_TEST=1 -DTCLSH_INIT_PROC=sqlite3TestInit -DSQLITE_SERVER=1"
    flags+=" -DSQLITE_PRIVATE= -DSQLITE_CORE -DBUILD_sqlite -DSQLITE_SERIES_CONSTRAINT_VERIFY=1"
    flags+=" -DSQLITE_DEFAULT_PAGE_SIZE=4096 -DSQLITE_ENABLE_STMTVTAB -DSQLITE_ENABLE_DBPAGE_VTAB"
    flags+=" -DSQLITE_ENABLE_BYTECODE_VTAB -DSQLITE_CKSUMVFS_STATIC"
    flags+=" -DSQLITE_EXTRA_INIT=samsyn_suite_init"
    libraries="-rdynamic -Wl,--wrap=sqlite3_vfs_register,--wrap=sqlite3_vfs_unregister"
    libraries+=" $init -Wl,-rpath,$(dirname "$init") -lz -lm"
    make testfixture "TESTFIXTURE_FLAGS=$flags" "TLIBS=$libraries" >>make.log 2>&1 ||
        { tail -20 make.log >&2; exit 1; }
fi
echo "$PWD/testfixture"
