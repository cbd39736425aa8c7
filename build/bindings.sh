#!/usr/bin/env bash
# Writes frontend/wailsjs, the page's side of the bound structs, as the Wails CLI would.
set -euo pipefail
cd "$(dirname "$0")/.."
generator=$(mktemp)
trap 'rm -f "$generator"' EXIT
go build -buildvcs=false -tags bindings -o "$generator" .
tsoutputtype=interfaces "$generator"
