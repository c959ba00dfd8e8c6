# Shared by the scripts of this directory and scripts/compare-*: the machines to compare, how to start them and how to
# measure them. To be sourced by bash. A script may set these before, or the caller in the environment:
#   QEMU, BOCHS   the emulators' programs (default: from the PATH)
#   JEROBOAM      our launcher (default: of this checkout)
# shellcheck shell=bash

bench_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$bench_dir")
qemu=${QEMU:-qemu-system-i386}
bochs=${BOCHS:-bochs}
jeroboam=${JEROBOAM:-$root/jeroboam}

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
fail() { # status, sentence
  local status=$1
  shift
  say "$*"
  exit "$status"
}

need() { # command, packages
  local command=$1
  shift
  command -v "$command" >/dev/null && return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    fail 1 "$command is missing; install $* and call again"
  fi
  say "$command is missing; installing $*"
  apt-get install -y -qq --no-install-recommends "$@" >/dev/null 2>&1 ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@"; } >/dev/null ||
    fail 1 "$* could not be installed; do that by hand and call again"
}

# A directory for this call, removed at its end together with the guests that still run.
work=$(mktemp -d)
running=()
clean_up() {
  local pid
  for pid in "${running[@]}"; do
    kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
  done
  rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# --- what is measured --------------------------------------------------------------------------------------------------

host() {
  printf 'host: %s, %s processors, %s MiB, Linux %s, load %s\n' \
    "$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)" "$(nproc)" \
    "$(($(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1024))" "$(uname -r)" "$(cut -d' ' -f1-3 /proc/loadavg)"
}

version_of() { # jeroboam | qemu | bochs
  case $1 in
    jeroboam) printf 'Jeroboam %s\n' "$(git -C "$root" describe --always --dirty 2>/dev/null || echo 'of this checkout')" ;;
    qemu) "$qemu" --version | sed -n 's/^QEMU emulator version /QEMU TCG /p' ;;
    bochs)
      "$bochs" --help 2>&1 | sed -n '0,/Emulator/s/.*\(Bochs x86 Emulator [0-9.]*\).*/\1/p' | tr -d '\n'
      ! bochs_has_debugger || printf ', built with its debugger'
      printf '\n'
      ;;
  esac
}

# Milliseconds of processor time that a process and its threads have used.
cpu_ms() { # pid
  local stat
  read -r stat 2>/dev/null <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086 # the fields are to be split
  set -- ${stat##*) }
  echo $(((${12} + ${13}) * 1000 / $(getconf CLK_TCK)))
}

# --- the emulators -----------------------------------------------------------------------------------------------------

# QEMU's PC as near to ours as its options allow: a 440FX with PIIX3 and the PIIX4's power management, no APIC, no HPET.
# shellcheck disable=SC2054 # QEMU's commas
qemu_options=(-accel tcg -M pc,hpet=off,usb=off -cpu pentium3,-apic -nodefaults -display none -vga none -monitor none -no-reboot)

jeroboam_options=()

bochs_has_debugger() {
  local text
  text=$("$bochs" --help 2>&1) || true
  [[ $text == *'-rc filename'* ]]
}

# Writes the configuration of a Bochs with one disk and prepares what its debugger wants to hear.
bochs_configuration() { # file, MiB of memory, disk image, cylinders, serial output file
  local display='nogui' bios=/usr/share/seabios/bios.bin
  [ -r "$bios" ] || fail 1 "$bios is missing; install the package seabios and call again"
  # Debian's Bochs has no "nogui", but its VNC server needs no display either.
  if [ -e /usr/lib/x86_64-linux-gnu/bochs/plugins/libbx_rfb_gui.so ] && bochs_has_debugger; then
    display='rfb, options="timeout=0"'
  fi
  cat >"$1" <<END
display_library: $display
romimage: file=$bios
vgaromimage: file=/usr/share/seabios/vgabios-stdvga.bin
megs: $2
cpu: model=p3_katmai, count=1, ips=100000000
clock: sync=none, time0=utc
ata0-master: type=disk, path=$3, mode=flat, cylinders=$4, heads=16, spt=63
boot: disk
com1: enabled=1, mode=file, dev=$5
port_e9_hack: enabled=1
log: $1.log
panic: action=fatal
error: action=ignore
info: action=ignore
END
  echo c >"$1.continue"
}

# The command that runs Bochs, in the array bochs_command; port E9h goes to its standard output.
bochs_command() { # configuration file
  bochs_command=("$bochs" -q -f "$1")
  ! bochs_has_debugger || bochs_command+=(-rc "$1.continue")
}

# Becomes Bochs.
bochs_exec() { # configuration file
  bochs_command "$1"
  exec "${bochs_command[@]}" </dev/null 2>"$1.err"
}

# --- Linux on each of them ---------------------------------------------------------------------------------------------

# What every machine boots; a script may change it before the first start.
linux_memory=256
linux_command='console=ttyS0 mitigations=off'
linux_kernel=
linux_initrd=

# Finds the demo guest and makes the empty disk that every machine has on its first IDE channel.
prepare_linux() {
  local files
  if [ -z "$linux_kernel" ]; then
    mapfile -t files < <("$root/scripts/demo-guest")
    [ "${#files[@]}" = 2 ] || fail 1 "there is no demo guest"
    linux_kernel=${files[0]}
    linux_initrd=${files[1]}
  fi
  truncate -s 8257536 "$work/empty.img" # 16 cylinders of 16 heads and 63 sectors
}

# A disk from which Bochs boots the kernel.
prepare_linux_disk() {
  local cylinder=516096 size sectors
  sectors=$(od -An -tu1 -j 497 -N 1 "$linux_kernel" | tr -d ' ')
  nasm -f bin -DKERNEL="\"$linux_kernel\"" -DINITRD="\"$linux_initrd\"" -DSETUP_SECTORS="$sectors" \
    -DINITRD_SIZE="$(stat -c %s "$linux_initrd")" -DCOMMAND="\"$linux_command\"" \
    -o "$work/linux.img" "$bench_dir/guests/linux-loader.asm"
  size=$(stat -c %s "$work/linux.img")
  linux_cylinders=$(((size + cylinder - 1) / cylinder))
  truncate -s $((linux_cylinders * cylinder)) "$work/linux.img"
}

# Starts the guest in the background; sets started to its process. What it sends to the serial line goes to
# FILE. What it receives comes from the script's file descriptor 7 (not Bochs).
start_linux() { # machine, file
  local fifo=$work/keys
  : >"$2"
  rm -f "$fifo"
  mkfifo "$fifo"
  exec 7<>"$fifo"
  case $1 in
    qemu)
      "$qemu" "${qemu_options[@]}" -m "$linux_memory" -kernel "$linux_kernel" -initrd "$linux_initrd" \
        -append "$linux_command" -drive "file=$work/empty.img,format=raw,if=ide" -serial stdio \
        <"$fifo" >"$2" 2>"$work/errors" 7>&- &
      ;;
    jeroboam)
      "$jeroboam" run --memory "${linux_memory}M" --kernel "$linux_kernel" --initrd "$linux_initrd" \
        --append "$linux_command" --disk "$work/empty.img" --serial stdio --no-reboot "${jeroboam_options[@]}" \
        <"$fifo" >"$2" 2>"$work/errors" 7>&- &
      ;;
    bochs)
      rm -f "$work/linux.img.lock" # of a Bochs that was ended
      bochs_configuration "$work/bochsrc" "$linux_memory" "$work/linux.img" "$linux_cylinders" "$2"
      (bochs_exec "$work/bochsrc") >"$work/said" 7>&- &
      ;;
  esac
  started=$!
  running+=("$started")
}

# Waits until a file holds a text; 1 if the process ends before or the seconds are over.
wait_for() { # pid, file, text, seconds
  local end=$((SECONDS + $4))
  until grep -aqF -e "$3" "$2" 2>/dev/null; do
    if ! kill -0 "$1" 2>/dev/null || [ "$SECONDS" -ge "$end" ]; then
      grep -aqF -e "$3" "$2" 2>/dev/null && return 0
      return 1
    fi
    sleep 0.02
  done
}

end_process() { # pid
  kill "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}
