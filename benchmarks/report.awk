# Tables in Markdown from the CSV of run-guests.
# What every cell shows is a median over the rounds; what stands in brackets is the smallest and the largest.

function sorted_median(n,   i, j, t) {
    for (i = 2; i <= n; i++) {
        for (j = i; j > 1 && list[j - 1] > list[j]; j--) {
            t = list[j]; list[j] = list[j - 1]; list[j - 1] = t
        }
    }
    smallest = list[1]; largest = list[n]
    return n % 2 ? list[(n + 1) / 2] : (list[n / 2] + list[n / 2 + 1]) / 2
}

# Three digits, without an exponent.
function short(x) {
    return x >= 100 ? sprintf("%.0f", x) : x >= 10 ? sprintf("%.1f", x) : x >= 1 ? sprintf("%.2f", x) : sprintf("%.3f", x)
}

function spread(n,   m) {
    m = sorted_median(n)
    return n > 1 ? sprintf("%s (%s to %s)", short(m), short(smallest), short(largest)) : short(m)
}

# What a program did on a core, in the group's unit.
function figure(core, program,   r, n, x) {
    n = 0
    for (r = 1; r <= rounds; r++) {
        x = time[r, core, program]
        if (x == "") continue
        if (is_seconds(group)) list[++n] = x / 1e9
        else if (operations[program] == "-") list[++n] = instructions[program] * repetitions[program] / x * 1e3
        else list[++n] = x / operations[program] / repetitions[program] / 1e3
    }
    return n ? short(sorted_median(n)) : ""
}

# How often as fast as QEMU in the same round; 0 without figures. Warm: without the first repetition.
function ratio(r, core, program, warm,   own, other) {
    own = time[r, core, program]; other = time[r, "qemu", program]
    if (warm) {
        own = own == "" || own - first[r, core, program] <= 0 ? "" : own - first[r, core, program]
        other = other == "" || other - first[r, "qemu", program] <= 0 ? "" : other - first[r, "qemu", program]
    }
    return own == "" || other == "" || own <= 0 ? 0 : other / own
}

function ratios(core, program, warm,   r, n, x) {
    n = 0
    for (r = 1; r <= rounds; r++) {
        x = ratio(r, core, program, warm)
        if (x > 0) list[++n] = x
    }
    return n ? spread(n) : ""
}

# Geometric means, one a round, over all programs of the group that the core has run.
function means(core, warm,   r, n, p, x, sum, count) {
    n = 0
    for (r = 1; r <= rounds; r++) {
        sum = count = 0
        for (p = 1; p <= programs[group]; p++) {
            x = ratio(r, core, program_of[group, p], warm)
            if (x > 0) { sum += log(x); count++ }
        }
        if (count) list[++n] = exp(sum / count)
    }
    return n ? spread(n) : ""
}

function bold(text) {
    return text == "" ? "" : "**" text "**"
}

function slowest(core,   r, n, p, i, x, least, name) {
    least = 0
    for (p = 1; p <= programs[group]; p++) {
        n = 0
        for (r = 1; r <= rounds; r++) if ((x = ratio(r, core, program_of[group, p], 0)) > 0) list[++n] = x
        if (n && ((x = sorted_median(n)) < least || !least)) { least = x; name = program_of[group, p] }
    }
    return least ? sprintf("%s (%s)", short(least), name) : ""
}

# The table of a group.
function table(   c, p, program, text) {
    text = "| program |"; line = "|---|"
    for (c = 1; c <= cores; c++) {
        text = text " " core_of[c] ", " unit " |"; line = line "---|"
        if (core_of[c] != "qemu" && has_qemu) {
            text = text " " core_of[c] " / QEMU TCG |" (is_bare ? " warm |" : "")
            line = line "---|" (is_bare ? "---|" : "")
        }
    }
    print text; print line
    for (p = 1; p <= programs[group]; p++) {
        program = program_of[group, p]
        text = "| " program " |"
        for (c = 1; c <= cores; c++) {
            text = text " " figure(core_of[c], program) " |"
            if (core_of[c] != "qemu" && has_qemu) {
                text = text " " ratios(core_of[c], program, 0) " |"
                if (is_bare) text = text " " (repetitions[program] > 1 ? ratios(core_of[c], program, 1) : "") " |"
            }
        }
        print text
    }
    if (!has_qemu || programs[group] < 2) return
    text = "| **geometric mean** |"; line = "| slowest |"
    for (c = 1; c <= cores; c++) {
        text = text " |"; line = line " |"
        if (core_of[c] != "qemu") {
            text = text " " bold(means(core_of[c], 0)) " |" (is_bare ? " " means(core_of[c], 1) " |" : "")
            line = line " " slowest(core_of[c]) " |" (is_bare ? " |" : "")
        }
    }
    print text; print line
}

# One line a group: geometric means and the slowest program.
function summary(   g, c, text) {
    text = "| geometric means |"; line = "|---|"
    for (c = 1; c <= cores; c++) {
        if (core_of[c] != "qemu") {
            text = text " " core_of[c] " / QEMU TCG | slowest |"; line = line "---|---|"
        }
    }
    print "\n" text; print line
    for (g = 1; g <= 7; g++) {
        group = order[g]
        if (!programs[group]) continue
        text = "| " group " |"
        for (c = 1; c <= cores; c++) {
            if (core_of[c] != "qemu") text = text " " means(core_of[c], 0) " | " slowest(core_of[c]) " |"
        }
        print text
    }
}

function is_seconds(group) {
    return group == "boot" || group == "installer"
}

BEGIN { FS = ","; split("integer x87 sse2 system real linux boot installer", order, " ") }
/^# instructions: / { split($0, part, " "); instructions[part[3]] = part[4]; next }
/^#/ { notes[++noted] = substr($0, 3); next }
$1 == "round" { next }
{
    if ($1 > rounds) rounds = $1
    if (!($2 in known_core)) { known_core[$2] = 1; core_of[++cores] = $2 }
    if (!($4 in known)) { known[$4] = 1; program_of[$3, ++programs[$3]] = $4 }
    repetitions[$4] = $5; operations[$4] = $6
    first[$1, $2, $4] = $8; time[$1, $2, $4] = $9
    if (!is_seconds($3) && $3 != "linux" && $2 != "native") { starts[$2]++; start[$2, starts[$2]] = $7 }
}
END {
    # The cores in the order of the head lines, so that tables of several runs look alike.
    cores = 0
    for (i = 1; i <= noted; i++) {
        name = notes[i]; sub(/:.*/, "", name)
        if (name in known_core) core_of[++cores] = name
    }
    has_qemu = "qemu" in known_core
    for (i = 1; i <= noted; i++) print "- " notes[i]
    if (has_qemu && cores > 1) summary()
    for (g = 1; g <= 7; g++) {
        group = order[g]
        if (!programs[group]) continue
        is_bare = group != "linux" && !is_seconds(group)
        unit = is_seconds(group) ? "s" : group == "linux" || group == "system" ? "us/operation" : "MIPS"
        printf "\n### %s\n\n", group
        table()
    }
    print ""
    for (c = 1; c <= cores; c++) {
        n = starts[core_of[c]]
        for (i = 1; i <= n; i++) list[i] = start[core_of[c], i] / 1e9
        if (n) printf "- Start of %s, processor time up to the guest: %s s\n", core_of[c], spread(n)
    }
}
