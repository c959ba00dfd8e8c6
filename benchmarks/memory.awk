# Where the resident memory of a process is, in KiB. Input: what `jcmd PID VM.native_memory detail` prints (nothing for a
# program that is no JVM), then /proc/PID/smaps; "guest" is the size of guest RAM in KiB.

function padded(address) {
    sub(/^0x/, "", address)
    return substr("0000000000000000", 1, 16 - length(address)) address
}

function add(name, resident) {
    if (!(name in size)) order[++names] = name
    size[name] += resident
}

# The JVM says what it has reserved an area for.
/^\[0x[0-9a-f]+ - 0x[0-9a-f]+\] reserved / {
    from[++areas] = padded(substr($1, 2))
    to[areas] = padded(substr($3, 1, length($3) - 1))
    what = $0
    sub(/.* for /, "", what)
    sub(/ from.*/, "", what)
    for_what[areas] = what
}
/^- *Native Memory Tracking / { tracking = $0; sub(/.*committed=/, "", tracking); tracking += 0 }

/^[0-9a-f]+-[0-9a-f]+ / {
    split($1, ends, "-")
    start = padded(ends[1])
    rights = $2
    file = $6
}
/^Size:/ { length_ = $2 }
/^Rss:/ {
    kind = ""
    for (i = 1; i <= areas && kind == ""; i++) if (from[i] <= start && start < to[i]) kind = for_what[i]
    if (file ~ /jeroboam-code/) kind = rights ~ /x/ ? "code of the guest" : "second view"
    else if (length_ == guest) kind = "guest RAM"
    else if (rights ~ /rwx/ && kind == "" && areas == 0) kind = "code of the guest"
    else if (length_ > 40960 && length_ < 43000) kind = "TLB tables"
    else if (length_ > 32768 && length_ < 32800 && kind == "") kind = "links and state"
    else if (kind == "Java Heap") kind = "heap"
    else if (kind == "Code") kind = "code of the JVM"
    else if (kind ~ /Class|Metaspace|Shared class space/) kind = "classes"
    else if (kind == "Thread Stack" || kind == "Thread") kind = "stacks"
    else if (kind == "" && file ~ /^\//) kind = "files (programs, libraries)"
    else kind = "other (C library's heap, JVM)"
    if ($2 > 0) add(kind, $2)
}
END {
    for (i = 1; i <= names; i++) {
        name = order[i]
        if (name == "second view") continue # the same pages once more
        total += size[name]
        if (name != "guest RAM") beyond += size[name]
    }
    printf "resident %.1f MiB, guest RAM %.1f MiB, beyond it %.1f MiB", total / 1024, size["guest RAM"] / 1024, beyond / 1024
    printf tracking ? " (of which %.1f MiB for keeping these books)\n" : "\n", tracking / 1024
    for (i = 1; i <= names; i++) {
        name = order[i]
        if (name != "second view" && name != "guest RAM") printf "  %-30s %7.1f MiB\n", name, size[name] / 1024
    }
}
