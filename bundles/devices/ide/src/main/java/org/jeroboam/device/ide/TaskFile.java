package org.jeroboam.device.ide;

/**
 * A drive's registers. Feature, count and address are two deep: writing moves the previous content up, where the 48-bit
 * commands find their upper halves.
 */
final class TaskFile {
    private static final int LBA = 0x40;
    private static final int PACKET_SIGNATURE = 0xEB14;

    int status;
    int error;
    int device;
    private int feature;
    private int count;
    private int lbaLow;
    private int lbaMid;
    private int lbaHigh;

    /**
     * The registers.
     *
     * @param status status
     * @param error error
     * @param device device and head
     * @param feature feature, previous content in bits 15:8; likewise the others
     * @param count sector count
     * @param lbaLow sector number
     * @param lbaMid cylinder low
     * @param lbaHigh cylinder high
     */
    record State(int status, int error, int device, int feature, int count, int lbaLow, int lbaMid, int lbaHigh) {
        State {
            if (((status | error | device) & ~0xFF) != 0
                    || ((feature | count | lbaLow | lbaMid | lbaHigh) & ~0xFFFF) != 0) {
                throw new IllegalArgumentException("a register of the IDE drive is out of range");
            }
        }
    }

    State save() {
        return new State(status, error, device, feature, count, lbaLow, lbaMid, lbaHigh);
    }

    void restore(State state) {
        status = state.status();
        error = state.error();
        device = state.device();
        feature = state.feature();
        count = state.count();
        lbaLow = state.lbaLow();
        lbaMid = state.lbaMid();
        lbaHigh = state.lbaHigh();
    }

    /** What a drive without packets shows after reset. */
    void setDiskSignature() {
        setSignature(0);
    }

    /** What a drive with packets shows after reset. */
    void setPacketSignature() {
        setSignature(PACKET_SIGNATURE);
    }

    int read(int register, boolean previous) {
        int value =
                switch (register) {
                    case 1 -> error;
                    case 2 -> count;
                    case 3 -> lbaLow;
                    case 4 -> lbaMid;
                    case 5 -> lbaHigh;
                    default -> device | 0xA0;
                };
        return previous && register >= 2 && register <= 5 ? value >> 8 : value & 0xFF;
    }

    void write(int register, int value) {
        switch (register) {
            case 1 -> feature = push(feature, value);
            case 2 -> count = push(count, value);
            case 3 -> lbaLow = push(lbaLow, value);
            case 4 -> lbaMid = push(lbaMid, value);
            case 5 -> lbaHigh = push(lbaHigh, value);
            default -> device = value;
        }
    }

    int feature() {
        return feature & 0xFF;
    }

    int count() {
        return count & 0xFF;
    }

    void setCount(int value) {
        count = value & 0xFF;
    }

    /** The byte count of packet commands, where other commands have an address. */
    int byteCount() {
        return lbaMid & 0xFF | (lbaHigh & 0xFF) << 8;
    }

    void setByteCount(int value) {
        lbaMid = value & 0xFF;
        lbaHigh = value >> 8 & 0xFF;
    }

    /** Sectors that a command is to transfer. */
    int sectors(boolean extended) {
        if (extended) {
            return count == 0 ? 0x10000 : count;
        }
        return count() == 0 ? 0x100 : count();
    }

    /** First sector of a command, or -1 when the address cannot be one. */
    long address(boolean extended, int heads, int sectorsPerTrack) {
        if (extended) {
            long low = lbaLow & 0xFF | (lbaMid & 0xFF) << 8 | (lbaHigh & 0xFF) << 16;
            long high = lbaLow >> 8 | (lbaMid >> 8) << 8 | (lbaHigh >> 8) << 16;
            return high << 24 | low;
        }
        if ((device & LBA) != 0) {
            return lbaLow & 0xFF | (lbaMid & 0xFF) << 8 | (lbaHigh & 0xFF) << 16 | (device & 0x0F) << 24;
        }
        int head = device & 0x0F;
        int sector = lbaLow & 0xFF;
        if (sector == 0 || sector > sectorsPerTrack || head >= heads) {
            return -1;
        }
        long cylinder = lbaMid & 0xFF | (lbaHigh & 0xFF) << 8;
        return (cylinder * heads + head) * sectorsPerTrack + sector - 1;
    }

    /** Shows a sector's address in the form in which the command gave one. */
    void setAddress(long sector, boolean extended, int heads, int sectorsPerTrack) {
        if (extended) {
            lbaLow = (int) (sector & 0xFF | (sector >> 24 & 0xFF) << 8);
            lbaMid = (int) (sector >> 8 & 0xFF | (sector >> 32 & 0xFF) << 8);
            lbaHigh = (int) (sector >> 16 & 0xFF | (sector >> 40 & 0xFF) << 8);
        } else if ((device & LBA) != 0) {
            lbaLow = (int) sector & 0xFF;
            lbaMid = (int) (sector >> 8) & 0xFF;
            lbaHigh = (int) (sector >> 16) & 0xFF;
            device = device & 0xF0 | (int) (sector >> 24) & 0x0F;
        } else {
            long cylinder = sector / sectorsPerTrack / heads;
            lbaLow = (int) (sector % sectorsPerTrack) + 1;
            lbaMid = (int) cylinder & 0xFF;
            lbaHigh = (int) (cylinder >> 8) & 0xFF;
            device = device & 0xF0 | (int) (sector / sectorsPerTrack % heads);
        }
    }

    private void setSignature(int byteCount) {
        error = 1;
        feature = 0;
        count = 1;
        lbaLow = 1;
        setByteCount(byteCount);
        device = 0;
    }

    private static int push(int register, int value) {
        return register << 8 & 0xFF00 | value;
    }
}
