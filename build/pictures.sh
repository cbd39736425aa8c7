#!/usr/bin/env bash
# Makes the pictures of the README: the real window under an X server, on the demo hall.
set -euo pipefail
cd "$(dirname "$0")/.."
source build/packages.sh
need_tools
need_packages gcc libc6-dev pkg-config libgtk-3-dev libwebkit2gtk-4.1-dev fonts-noto-cjk xvfb xauth imagemagick
build/cipher.sh
build_pages
go build -trimpath -tags desktop,production,webkit2_41 -ldflags "-w -s" -o build/bin/tollbook .
PICTURES="$PWD/build/pictures" xvfb-run -a -s "-screen 0 1366x768x24 -nolisten tcp" node --test frontend/tests/window/window.e2e.mjs
