# Sourced by the scripts that make bootable images, after debian.sh: GRUB for PC BIOS and genisoimage, unpacked from
# Debian's packages.
# shellcheck shell=bash

# Afterwards $tools is the directory below which the packages are unpacked.
fetch_boot_tools() {
  local architecture directory
  need dpkg dpkg
  architecture=$(dpkg --print-architecture)
  directory=$guests/boot-tools-$architecture
  tools=$directory/root
  lock "$directory"
  [ ! -s "$directory/done" ] || return 0
  open_apt "$directory/apt" "$architecture" i386
  say "downloading GRUB and genisoimage (about 5 MB, once)"
  rm -rf "$tools"
  unpack "$tools" grub-pc-bin:i386 "grub-common:$architecture" "genisoimage:$architecture" \
    "libdevmapper1.02.1:$architecture" "liblzma5:$architecture" "libmagic1:$architecture" "libbz2-1.0:$architecture"
  close_apt
  date >"$directory/done"
}

run_tool() { # program, argument...
  local program=$1 libraries
  shift
  libraries=$(find "$tools/lib" "$tools/usr/lib" -name '*.so.*' -printf '%h\n' | sort -u | paste -sd :)
  LD_LIBRARY_PATH=$libraries "$tools/usr/bin/$program" "$@"
}

# GRUB's core with what it needs to find the rest of itself.
grub_core() { # output, prefix, module...
  local output=$1 prefix=$2
  shift 2
  run_tool grub-mkimage -O i386-pc -d "$tools/usr/lib/grub/i386-pc" -p "$prefix" -o "$output" "$@"
}

# An ISO 9660 image of a directory, with a boot loader that needs no emulation (El Torito).
make_iso() { # output, directory, label, the loader's path inside the directory
  run_tool genisoimage -quiet -rational-rock -joliet -volid "$3" -eltorito-boot "$4" -no-emul-boot \
    -boot-load-size 4 -boot-info-table -eltorito-catalog boot.cat -output "$1" "$2"
}

# Writes a number's bytes, lowest first.
little_endian() { # bytes, number
  local i
  for ((i = 0; i < $1; i++)); do
    # shellcheck disable=SC2059 # the format is what is meant
    printf "\\x$(printf %02x $(($2 >> 8 * i & 255)))"
  done
}

# Puts standard input into a file at an offset, without touching the rest.
patch_file() { dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
