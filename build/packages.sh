# Sourced by the scripts beside it: installs the Debian packages a step needs, those alone that are missing.
need_packages() {
  local missing=() package
  for package in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return 0
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "install these packages first: ${missing[*]}" >&2; return 1; }
    as_root=(sudo)
  fi
  echo "installing: ${missing[*]}" >&2
  "${as_root[@]}" apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

need_tools() {
  local tool
  for tool in go node npm; do
    command -v "$tool" >/dev/null || { echo "$tool is missing: Tollbook is built with Go 1.26 and Node 20" >&2; return 1; }
  done
}

# build_pages builds the frontend unless its output is newer than all of its sources.
build_pages() {
  local newest
  if [ -f frontend/dist/index.html ]; then
    newest=$(find frontend -path frontend/node_modules -prune -o -path frontend/dist -prune -o -type f -newer frontend/dist/index.html -print -quit)
    [ -z "$newest" ] && return 0
  fi
  npm --prefix frontend ci --no-audit --no-fund --loglevel=error
  npm --prefix frontend run --silent build
}
