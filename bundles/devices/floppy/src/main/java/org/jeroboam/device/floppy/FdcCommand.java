package org.jeroboam.device.floppy;

/** The commands of the 82077AA, by their first byte (Intel 82077AA data sheet, table 5-1). */
enum FdcCommand {
    READ_TRACK(0x02, 0x1F, 8),
    SPECIFY(0x03, 0xFF, 2),
    SENSE_DRIVE_STATUS(0x04, 0xFF, 1),
    WRITE_DATA(0x05, 0x1F, 8),
    READ_DATA(0x06, 0x1F, 8),
    RECALIBRATE(0x07, 0xFF, 1),
    SENSE_INTERRUPT_STATUS(0x08, 0xFF, 0),
    WRITE_DELETED_DATA(0x09, 0x1F, 8),
    READ_ID(0x0A, 0xBF, 1),
    READ_DELETED_DATA(0x0C, 0x1F, 8),
    FORMAT_TRACK(0x0D, 0xBF, 5),
    DUMPREG(0x0E, 0xFF, 0),
    SEEK(0x0F, 0xFF, 2),
    VERSION(0x10, 0xFF, 0),
    PERPENDICULAR_MODE(0x12, 0xFF, 1),
    CONFIGURE(0x13, 0xFF, 3),
    LOCK(0x14, 0x7F, 0),
    VERIFY(0x16, 0x1F, 8),
    RELATIVE_SEEK(0x8F, 0xBF, 2),
    /** All other codes, SCAN and PART ID among them. */
    INVALID(0, 0, 0);

    private static final FdcCommand[] BY_CODE = new FdcCommand[256];

    static {
        for (int code = 0; code < BY_CODE.length; code++) {
            FdcCommand found = INVALID;
            for (FdcCommand command : values()) {
                if (command != INVALID && (code & command.mask) == command.code) {
                    found = command;
                    break;
                }
            }
            BY_CODE[code] = found;
        }
    }

    private final int code;
    private final int mask;
    private final int parameters;

    FdcCommand(int code, int mask, int parameters) {
        this.code = code;
        this.mask = mask;
        this.parameters = parameters;
    }

    static FdcCommand of(int firstByte) {
        return BY_CODE[firstByte & 0xFF];
    }

    /** Bytes that follow the first one. */
    int parameters() {
        return parameters;
    }

    /** Whether data go from the guest to the medium. */
    boolean writes() {
        return this == WRITE_DATA || this == WRITE_DELETED_DATA || this == FORMAT_TRACK;
    }

    /** Whether data go from the medium to the guest. */
    boolean reads() {
        return this == READ_DATA || this == READ_DELETED_DATA || this == READ_TRACK;
    }

    /** Whether it works on the sectors that its C, H, R and N name. */
    boolean addresses() {
        return reads() || this == WRITE_DATA || this == WRITE_DELETED_DATA || this == VERIFY;
    }
}
