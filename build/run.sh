#!/usr/bin/env bash
# The main job on a fresh machine: opens Tollbook on its demo hall with a sample fleet; with no display it does the same job on the console.
set -euo pipefail
cd "$(dirname "$0")/.."
source build/packages.sh
need_tools
need_packages gcc libc6-dev
build/cipher.sh

if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo "没有图形界面（no display）：改在命令行完成同样的工作，对账单写到 out/"
  data=$(mktemp -d)
  trap 'rm -rf "$data"' EXIT
  go run ./backend/cmd/tollctl demo --vehicles 50 --months 6 --seed 1 --data "$data" --out out "$@"
  echo "statements are in $PWD/out"
  exit 0
fi

need_packages pkg-config libgtk-3-dev libwebkit2gtk-4.1-dev fonts-noto-cjk
build_pages
go build -trimpath -tags desktop,production,webkit2_41 -ldflags "-w -s" -o build/bin/tollbook .
exec build/bin/tollbook "$@"
