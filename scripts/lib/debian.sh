# Sourced by the scripts that prepare guests: Debian's packages, downloaded and unpacked into the cache. Nothing is
# installed, and the system's own apt lists and architectures stay untouched. The caller sets $task, the name that its
# messages begin with.
# shellcheck shell=bash

release=bookworm # the last Debian with a kernel for i386
guests=${JEROBOAM_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/jeroboam}/guests

say() { printf '%s: %s\n' "${task:?}" "$*" >&2; }
fail() {
  say "$*"
  exit 1
}
bad_input() {
  say "$*"
  exit 2
}

need() { # command, package
  command -v "$1" >/dev/null || fail "$1 is missing; install the package $2 and call again"
}

# One caller at a time in a directory; the lock lasts as long as this shell.
lock() { # directory
  local descriptor
  mkdir -p "$1"
  exec {descriptor}>"$1/lock"
  flock "$descriptor"
}

# --- apt -------------------------------------------------------------------------------------------------------------

# The first Debian mirror among the system's package sources, in either of apt's two formats.
debian_mirror() {
  local files=() file
  for file in /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources; do
    [ ! -r "$file" ] || files+=("$file")
  done
  [ "${#files[@]}" -gt 0 ] || return 0
  sed -E '/^[[:space:]]*#/d' "${files[@]}" | grep -oE '[a-z+]+:/[^][:space:]]*/debian/?( |$)' | head -n 1 | tr -d ' '
}

# An apt of our own in a directory: private lists and cache, the given architectures, the system's proxy and access
# settings.
open_apt() { # directory, architecture...
  local mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  apt=$1
  shift
  command -v apt-get >/dev/null ||
    fail "apt-get is missing; the guests come from Debian's packages and need a Debian system"
  mirror=$(debian_mirror)
  [ -n "$mirror" ] || fail "no Debian mirror in /etc/apt; the guests come from Debian's packages, so add one there"
  [ -r "$keyring" ] || fail "$keyring is missing; install the package debian-archive-keyring"
  mkdir -p "$apt/lists/partial" "$apt/archives/partial"
  : >"$apt/status"
  printf 'deb [signed-by=%s] %s %s main\n' "$keyring" "$mirror" "$release" >"$apt/sources.list"
  cat >"$apt/apt.conf" <<END
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Architectures;
APT::Architecture "$1";
APT::Architectures { $(printf '"%s"; ' "$@")};
APT::Sandbox::User "$(id -un)";
Acquire::Languages "none";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "$apt";
Dir::State::Lists "$apt/lists";
Dir::State::Status "$apt/status";
Dir::Cache "$apt";
Dir::Cache::Archives "$apt/archives";
END
  say "reading the list of Debian's packages"
  run_apt apt-get update >/dev/null
}

run_apt() {
  local command=$1
  shift
  "$command" -c "$apt/apt.conf" "$@" >"$apt/log" 2>&1 || {
    sed 's/^/  /' "$apt/log" >&2
    fail "$command $* did not work, see the lines above; is the network there?"
  }
  cat "$apt/log"
}

# The newest kernel image, by its metapackage's dependency.
kernel_image() { # metapackage
  run_apt apt-cache show --no-all-versions "$1" | sed -nE 's/^Depends: (.*, )?(linux-image-[0-9][^ ,]*).*/\2/p'
}

# Unpacks packages below a directory.
unpack() { # directory, package...
  local target=$1 deb
  shift
  rm -rf "$apt/debs"
  mkdir -p "$apt/debs" "$target"
  (cd "$apt/debs" && run_apt apt-get download "$@" >/dev/null)
  for deb in "$apt"/debs/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$target" --no-same-owner
  done
  rm -rf "$apt/debs"
}

close_apt() { rm -rf "$apt"; }
