package org.jeroboam.itests;

import java.util.List;

/** A row of the swap matrix: a bundle that can be replaced, and what becomes of a running machine meanwhile. */
enum SwapRow {
    CPU_INTERPRETER("jeroboam-cpu-interpreter", Kind.CORE, Meanwhile.GOES_ON, "", "interpreter"),
    CPU_RECOMPILER("jeroboam-cpu-recompiler-x64", Kind.CORE, Meanwhile.GOES_ON, "", "recompiler-x64"),
    CPU_X86("jeroboam-cpu-x86", Kind.LIBRARY, Meanwhile.GOES_ON, ""),
    CHIPSET(
            "jeroboam-chipset-i440bx",
            Kind.DEVICE,
            Meanwhile.WAITS,
            "needs a bundle for type",
            "pic",
            "pit",
            "rtc",
            "dma",
            "host-bridge",
            "isa-bridge",
            "pm"),
    SERIAL("jeroboam-device-serial", Kind.DEVICE, Meanwhile.WAITS, "type serial-16550", "com1", "com2"),
    KEYBOARD("jeroboam-device-keyboard-mouse", Kind.DEVICE, Meanwhile.WAITS, "type i8042", "keyboard"),
    IDE("jeroboam-device-ide", Kind.DEVICE, Meanwhile.WAITS, "type piix4-ide", "ide"),
    FLOPPY("jeroboam-device-floppy", Kind.DEVICE, Meanwhile.WAITS, "type i82077aa", "floppy"),
    DEBUG("jeroboam-device-debug", Kind.DEVICE, Meanwhile.WAITS, "type debug-console", "debug"),
    VIDEO("jeroboam-device-video-s3trio64", Kind.DEVICE, Meanwhile.WAITS, "type s3trio64", "video"),
    FIRMWARE("jeroboam-firmware", Kind.DEVICE, Meanwhile.WAITS, "type fw-cfg", "fw-cfg", "firmware"),
    RAW("jeroboam-storage-raw", Kind.FORMAT, Meanwhile.WAITS, "no installed format fits", "disk:floppy0"),
    ISO("jeroboam-storage-iso", Kind.FORMAT, Meanwhile.WAITS, "no installed format fits", "disk:cdrom0"),
    VHD("jeroboam-storage-vhd", Kind.LIBRARY, Meanwhile.GOES_ON, ""),
    VHD_FIXED("jeroboam-storage-vhd-fixed", Kind.FORMAT, Meanwhile.WAITS, "no installed format fits", "disk:disk0"),
    VHD_DYNAMIC("jeroboam-storage-vhd-dynamic", Kind.FORMAT, Meanwhile.WAITS, "no installed format fits", "disk:disk1"),
    VHD_DIFFERENCING(
            "jeroboam-storage-vhd-differencing",
            Kind.FORMAT,
            Meanwhile.WAITS,
            "no installed format fits",
            "disk:disk2"),
    LOCKS("jeroboam-platform-locks", Kind.LIBRARY, Meanwhile.GOES_ON, "", "locks"),
    MACHINE("jeroboam-machine", Kind.BASE, Meanwhile.PAUSES, ""),
    SERVER("jeroboam-server", Kind.BASE, Meanwhile.PAUSES, ""),
    HARDWARE_API("jeroboam-hardware-api", Kind.BASE, Meanwhile.GOES_ON, ""),
    MANAGEMENT_API("jeroboam-management-api", Kind.BASE, Meanwhile.GOES_ON, ""),
    SHELL("jeroboam-access-shell", Kind.DOOR, Meanwhile.GOES_ON, ""),
    GDB("jeroboam-access-gdb", Kind.DOOR, Meanwhile.GOES_ON, ""),
    VHD_TOOL("jeroboam-access-vhd", Kind.DOOR, Meanwhile.GOES_ON, ""),
    UPDATES("jeroboam-platform-updates", Kind.DOOR, Meanwhile.GOES_ON, "");

    /** What a bundle is to a machine. */
    enum Kind {
        /** A processor core. */
        CORE,
        /** Makes devices. */
        DEVICE,
        /** Opens images. */
        FORMAT,
        /** Code of several parts, or a service that machines need only now and then. */
        LIBRARY,
        /** Nothing runs without it: machines are saved while it is replaced, and go on by themselves. */
        BASE,
        /** A front door: machines do not know of it. */
        DOOR
    }

    /** What becomes of the machine while the bundle is stopped. */
    enum Meanwhile {
        /** It goes on: it does without the bundle, or with another one. */
        GOES_ON,
        /** It waits for the part, whose state it holds, and says for what it waits. */
        WAITS,
        /** It is saved, and restored when the server is there again. */
        PAUSES
    }

    private final String bundle;
    private final Kind kind;
    private final Meanwhile meanwhile;
    private final String missing;
    private final List<String> parts;

    SwapRow(String bundle, Kind kind, Meanwhile meanwhile, String missing, String... parts) {
        this.bundle = bundle;
        this.kind = kind;
        this.meanwhile = meanwhile;
        this.missing = missing;
        this.parts = List.of(parts);
    }

    String bundle() {
        return bundle;
    }

    Kind kind() {
        return kind;
    }

    /** What becomes of the machine while the bundle is stopped. */
    Meanwhile meanwhile() {
        return meanwhile;
    }

    /** What the machine's state says while it waits. */
    String missing() {
        return missing;
    }

    /** The names of its parts in a machine. */
    List<String> parts() {
        return parts;
    }

    /** Whether other bundles are wired to it. */
    boolean isUsedByOthers() {
        return kind == Kind.BASE || kind == Kind.LIBRARY;
    }

    /** The row's line in docs/swap-matrix.md. */
    String line() {
        return String.join(
                " | ",
                "| " + name(),
                "`" + bundle + "`",
                staged(),
                kind == Kind.BASE ? "pauses" : inPlace(),
                switch (kind) {
                    case CORE, DEVICE, FORMAT -> "stands beside; `vm:swap`";
                    case LIBRARY, DOOR -> "stands beside";
                    case BASE -> "stands beside, unused";
                },
                kind == Kind.BASE ? "pauses" : inPlace(),
                switch (meanwhile) {
                            case GOES_ON -> kind == Kind.CORE ? inPlace() : "goes on";
                            case WAITS -> "waits, goes on";
                            case PAUSES -> "pauses";
                        }
                        + " |");
    }

    private String staged() {
        if (canBeSwapped()) {
            return "goes on";
        }
        return switch (kind) {
            case LIBRARY -> "n/a: no part of its own";
            case BASE -> "n/a: one at a time";
            default -> "n/a: no part of a machine";
        };
    }

    private String inPlace() {
        if (kind == Kind.CORE) {
            return "another core goes on";
        }
        boolean waits = meanwhile == Meanwhile.WAITS || this == CPU_X86 || this == VHD;
        return waits ? "waits, goes on" : "goes on";
    }

    /** Whether a swap can choose it. */
    boolean canBeSwapped() {
        return !parts.isEmpty();
    }

    /** Sees to it that the machine uses the bundle. */
    void prepare(ServerProcess server, String machine) {
        if (kind == Kind.CORE) {
            server.shell("vm:cpu " + machine + " " + parts.getFirst());
        }
    }
}
