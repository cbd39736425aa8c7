#!/usr/bin/env bash
# Every check there is, on a fresh machine: installs what it needs, then code generation, Go, pages, end-to-end in a browser and in the
# real window, and the build for Windows. One step alone: build/test.sh STEP
set -euo pipefail
export CI=${CI:-true} # what is missing here fails: nothing that a test needs may be passed over
cd "$(dirname "$0")/.."
source build/packages.sh

install_all() {
  need_tools
  need_packages gcc libc6-dev pkg-config libgtk-3-dev libwebkit2gtk-4.1-dev fonts-noto-cjk chromium-headless-shell xvfb xauth imagemagick \
    poppler-utils libreoffice-calc-nogui libxlsxwriter-dev libsqlite3-dev gcc-mingw-w64-x86-64 dbus-daemon gnome-keyring \
    qpdf cups printer-driver-cups-pdf wine postgresql
  build/cipher.sh
}

# What is visible at the top is agreed on: a file that a tool has left there is no part of it.
shape() {
  local strangers
  strangers=$(git ls-files | cut -d/ -f1 | sort -u |
    grep -vxE '\..*|app|frontend|backend|build|wails\.json|go\.mod|go\.sum|README\.md|main\.go') || return 0
  echo "at the top level, but no part of its shape: $strangers"
  return 1
}

# Generated code is committed; regenerating must change nothing.
generated() {
  go generate ./backend/hallapi
  build/bindings.sh
  git diff --exit-code -- backend/hallapi frontend/wailsjs
}

go_code() {
  local unformatted
  unformatted=$(git ls-files -co --exclude-standard '*.go' | xargs gofmt -l)
  [ -z "$unformatted" ] || { echo "gofmt would change: $unformatted"; return 1; }
  go vet ./...
  go test -vet=off -timeout 20m ./... # vet has seen all of it
}

# What does not need the built pages, which Go embeds: compiled while they are built.
vet_backend() { go vet ./backend/...; }

pages() {
  pages_built
  pages_checked
}

pages_built() {
  npm --prefix frontend ci --no-audit --no-fund --loglevel=error
  npm --prefix frontend run --silent build
}

pages_checked() {
  npm --prefix frontend run --silent lint
  npm --prefix frontend run --silent format:check
  npm --prefix frontend test
}

browser() {
  go build -tags dev,webkit2_41 -o build/bin/tollbook-dev .
  go build -o build/bin/hall ./backend/cmd/hall
  xvfb-run -a -s "-screen 0 1400x900x24 -nolisten tcp" npm --prefix frontend run --silent e2e
}

window() {
  go build -tags desktop,production,webkit2_41 -ldflags "-w -s" -o build/bin/tollbook .
  xvfb-run -a -s "-screen 0 1400x900x24 -nolisten tcp" node --test frontend/tests/window/window.e2e.mjs
}

windows_build() {
  CC=x86_64-w64-mingw32-gcc CGO_ENABLED=1 GOOS=windows GOARCH=amd64 \
    go build -tags desktop,production -ldflags "-w -s -H windowsgui" -o build/bin/tollbook.exe .
  CC=x86_64-w64-mingw32-gcc CGO_ENABLED=1 GOOS=windows GOARCH=amd64 go build -ldflags "-w -s" -o build/bin/tollctl.exe ./backend/cmd/tollctl
}

install_all
# Every step builds as the program ships, so that one finds what another has compiled: SQLite alone costs a core a minute.
GOFLAGS="$(go env GOFLAGS) -trimpath"
export GOFLAGS
if [ $# -gt 0 ]; then
  for step in "$@"; do echo "== $step"; "$step"; done
  exit 0
fi
timed() {
  local start=$SECONDS
  echo "== $1"
  "$1"
  echo "== $1: $((SECONDS - start)) s"
}

# One step leaves a good part of two cores idle: another goes beside it and gives way to it. What that one says comes whole, at its end.
said=$(mktemp)
trap '[ -z "${other:-}" ] || kill -- "-$other" 2>/dev/null || true; rm -f "$said"' EXIT
beside() {
  set -m # a group of its own: nothing of it is left when the other step fails
  (renice -n 10 "$BASHPID" >/dev/null; timed "$1") >"$said" 2>&1 &
  other=$!
  set +m
}
rejoin() {
  local status=0
  wait "$other" || status=$?
  other=
  cat "$said"
  return "$status"
}

timed shape
beside vet_backend
timed pages_built
rejoin
beside pages_checked
timed generated
timed go_code
rejoin
beside windows_build
timed browser
timed window
rejoin
echo "all checks passed in $SECONDS s"
