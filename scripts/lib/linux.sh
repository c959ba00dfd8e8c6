# Sourced by the scripts that prepare Linux guests, after debian.sh: Debian's i386 kernels, their modules, and archives
# for initial RAM disks.
# shellcheck shell=bash

# Fetches a kernel and busybox. Afterwards $linux holds vmlinuz, image (the package's name) and root (unpacked), and is
# locked.
fetch_linux() { # 686 or 686-pae
  local image
  linux=$guests/debian-i386${1#686}
  lock "$linux"
  [ ! -s "$linux/vmlinuz" ] || return 0
  open_apt "$linux/apt" i386
  image=$(kernel_image "linux-image-$1")
  [ -n "$image" ] || fail "Debian $release has no linux-image-$1 at this mirror"
  say "downloading $image and busybox-static (about 70 MB, once)"
  rm -rf "$linux/root"
  unpack "$linux/root" "$image" busybox-static
  cp "$linux"/root/boot/vmlinuz-* "$linux/vmlinuz.part"
  printf '%s\n' "$image" >"$linux/image"
  close_apt
  mv "$linux/vmlinuz.part" "$linux/vmlinuz"
}

# --- modules ---------------------------------------------------------------------------------------------------------

kernel_version() { basename "$linux"/root/lib/modules/*; }

module_file() {
  local pattern=${1//[-_]/[-_]}
  find "$linux/root/lib/modules" -name "$pattern.ko" | head -n 1
}

# What a module says of itself: the values of one key, one a line.
module_information() { # module, key
  tr '\0' '\n' <"$(module_file "$1")" | sed -n "s/^$2=//p"
}

# Prints a module and what it needs, deepest first.
with_dependencies() {
  local depend
  for depend in $(module_information "$1" depends | tr ',' ' '); do
    with_dependencies "$depend"
  done
  printf '%s\n' "$1"
}

# Modules with all that they need, each once.
module_closure() {
  local name
  for name in "$@"; do with_dependencies "$name"; done | tr '-' '_' | awk '!seen[$0]++'
}

# What modprobe needs: each module file with the files that must be there before it.
modules_dep() {
  local name
  for name in "$@"; do
    printf '%s:' "$(basename "$(module_file "$name")")"
    module_closure "$name" | sed '$d' | tac | while read -r depend; do
      printf ' %s' "$(basename "$(module_file "$depend")")"
    done
    printf '\n'
  done
}

# By what other names the kernel asks for a module.
modules_alias() {
  local name
  for name in "$@"; do
    module_information "$name" alias | sed "s/.*/alias & $name/"
  done
}

# --- cpio's newc format: a header of hexadecimal fields, the name, the data, each padded to four bytes ---------------

inode=0
entry() { # name, mode, [device major, device minor]; the data on standard input
  local name=$1 mode=$2 major=${3:-0} minor=${4:-0} size
  cat >"${work:?}/data"
  size=$(stat -c %s "$work/data")
  inode=$((inode + 1))
  printf '070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%s\0' \
    "$inode" "$((8#$mode))" 0 0 1 0 "$size" 0 0 "$major" "$minor" "$((${#name} + 1))" 0 "$name"
  zeros $(((4 - (110 + ${#name} + 1) % 4) % 4))
  cat "$work/data"
  zeros $(((4 - size % 4) % 4))
}
zeros() { head -c "$1" /dev/zero; }
directory() { entry "$1" 040755 </dev/null; }
end_of_archive() { entry 'TRAILER!!!' 0 </dev/null; }

# The entries of modules and of what modprobe reads.
module_entries() { # module...
  local version all name file
  version=$(kernel_version)
  mapfile -t all < <(module_closure "$@")
  directory "lib/modules/$version"
  for name in "${all[@]}"; do
    file=$(module_file "$name")
    # shellcheck disable=SC2094 # the first is only a name
    entry "lib/modules/$version/${file##*/}" 100644 <"$file"
  done
  modules_dep "${all[@]}" | entry "lib/modules/$version/modules.dep" 100644
  modules_alias "${all[@]}" | entry "lib/modules/$version/modules.alias" 100644
}
