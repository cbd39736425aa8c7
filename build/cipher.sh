#!/usr/bin/env bash
# Puts SQLite3MultipleCiphers (MIT) in the place of the SQLite inside go-sqlite3, so that caches are encrypted at rest: a copy of the
# module in .cache/, and a go.work that points to it. Both are ignored by git; every go command after this builds with the cipher, and a
# program built without it refuses to keep a cache. CIPHER_TARBALL names the npm package's file where there is no network.
set -euo pipefail
cd "$(dirname "$0")/.."

driver=v1.14.53
ciphers=better-sqlite3-multiple-ciphers
version=13.0.3
sha512=51869b33cdabd49f384cb59cfd2b33a07b3a5e8a56a65ff61c283736e8b52546855e0fd52ecc3390fa306224612bfe027ed23c760b62930c9941e70c95dac6c5

copy=.cache/go-sqlite3
stamp="$driver $sha512 $(sha256sum "$0" | cut -c1-64)"
if [ -f go.work ] && [ "$(cat $copy/.stamp 2>/dev/null)" = "$stamp" ]; then exit 0; fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tarball=${CIPHER_TARBALL:-}
if [ -z "$tarball" ]; then
  echo "fetching $ciphers@$version" >&2
  npm pack --silent --pack-destination "$work" "$ciphers@$version" >/dev/null
  tarball=$work/$ciphers-$version.tgz
fi
echo "$sha512  $tarball" | sha512sum --check --quiet
tar -xzf "$tarball" -C "$work" package/deps/sqlite3
amalgamation=$work/package/deps/sqlite3

# GOWORK=off: the module itself, checked against go.sum, and not the copy of an earlier run.
original=$(GOWORK=off go mod download -json "github.com/mattn/go-sqlite3@$driver" | sed -n 's/^\t"Dir": "\(.*\)",\?$/\1/p')
original=${original//\\\\/\\}
rm -rf "$copy"
mkdir -p "$copy"
for file in "$original"/*.go "$original"/*.c "$original"/go.mod "$original"/LICENSE; do
  case $file in *_test.go) ;; *) install -m 644 "$file" "$copy/" ;; esac
done
{ echo '#ifndef USE_LIBSQLITE3'; cat "$amalgamation/sqlite3.c"; echo '#endif'; } >"$copy/sqlite3-binding.c"
{ echo '#ifndef USE_LIBSQLITE3'; cat "$amalgamation/sqlite3.h"; printf '#else\n#include <sqlite3.h>\n#endif\n'; } >"$copy/sqlite3-binding.h"
install -m 644 "$amalgamation/sqlite3ext.h" "$copy/"
# TEMP_STORE=2: what SQLite sorts stays in memory, never in the clear in a temporary file.
cat >"$copy/sqlite3_ciphers.go" <<'GO'
package sqlite3

/*
#cgo CFLAGS: -DSQLITE_TEMP_STORE=2 -DSQLITE_ENABLE_FTS5 -DSQLITE_ENABLE_STAT4
#cgo linux LDFLAGS: -lm
*/
import "C"
GO
printf 'go %s\n\nuse .\n\nreplace github.com/mattn/go-sqlite3 => ./%s\n' "$(sed -n 's/^go //p' go.mod)" "$copy" >go.work
echo "$stamp" >"$copy/.stamp"
