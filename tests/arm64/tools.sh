# Sourced by the scripts that run linux-arm64 code under qemu-user: qemu and arm64's libraries in a cache folder, without root and without touching
# this machine's list of architectures. The sourcing script defines skip, which tells a reason and exits with 77.
cache=${EDGEVISION_ARM64_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/edgevision-arm64}

# A private apt root for arm64.
arm_apt() {
  mkdir -p "$cache/apt/state/lists/partial" "$cache/apt/cache/archives/partial"
  : > "$cache/apt/status"
  apt-get -qq -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o Dir::State="$cache/apt/state" -o Dir::State::status="$cache/apt/status" \
    -o Dir::Cache="$cache/apt/cache" -o APT::Sandbox::User= "$@"
}

# Packages of an apt command into a folder. The folder appears only when it is complete.
unpack() {
  local into=$1; shift
  mkdir -p "$cache"
  local work; work=$(mktemp -d "$cache/unpack.XXXXXX")
  (cd "$work" && "$@" >/dev/null && mkdir root && for package in *.deb; do dpkg-deb -x "$package" root; done) || { rm -rf "$work"; return 1; }
  rm -rf "$into" && mv "$work/root" "$into" && rm -rf "$work"
}

# Sets $qemu.
find_qemu() {
  qemu=$(command -v qemu-aarch64-static || true)
  [ -z "$qemu" ] || return 0
  qemu=$cache/qemu/usr/bin/qemu-aarch64-static
  [ ! -x "$qemu" ] || return 0
  command -v apt-get >/dev/null || skip "there is neither qemu-aarch64-static nor apt-get to fetch it with."
  unpack "$cache/qemu" apt-get -qq download qemu-user-static || skip "apt-get cannot download qemu-user-static; run apt-get update, or install it."
}
