package org.jeroboam.chipset.i440bx.pm;

import java.util.Arrays;

/**
 * The SMBus host controller's registers on a bus without slaves: every transaction ends at once with DEV_ERR. The slave
 * side keeps what is written.
 */
final class SmbusHost {
    static final int SIZE = 16;

    private static final int SMBHSTSTS = 0x00;
    private static final int SMBSLVSTS = 0x01;
    private static final int SMBHSTCNT = 0x02;
    private static final int SMBBLKDAT = 0x07;
    private static final int BLOCK = 32;

    private static final int DEV_ERR = 0x04;
    private static final int STATUS = 0x1E; // FAILED, BUS_ERR, DEV_ERR, INTR
    private static final int SLAVE_STATUS = 0x3C;
    private static final int INTEREN = 0x01;
    private static final int START = 0x40;

    private final byte[] registers = new byte[SIZE];
    private final byte[] block = new byte[BLOCK];
    private int blockIndex;

    void reset() {
        Arrays.fill(registers, (byte) 0);
        Arrays.fill(block, (byte) 0);
        blockIndex = 0;
    }

    /** Whether the controller asks for its interrupt. */
    boolean interrupt() {
        return (registers[SMBHSTCNT] & INTEREN) != 0 && (registers[SMBHSTSTS] & STATUS) != 0;
    }

    int read(int register) {
        if (register == SMBBLKDAT) {
            return nextBlockByte() & 0xFF;
        }
        if (register == SMBHSTCNT) {
            blockIndex = 0; // as the data sheet says of a read of SMBHSTCNT
        }
        return registers[register] & 0xFF;
    }

    private byte nextBlockByte() {
        byte b = block[blockIndex];
        blockIndex = (blockIndex + 1) % BLOCK;
        return b;
    }

    void write(int register, int b) {
        switch (register) {
            case SMBHSTSTS -> registers[SMBHSTSTS] &= (byte) ~(b & STATUS);
            case SMBSLVSTS -> registers[SMBSLVSTS] &= (byte) ~(b & SLAVE_STATUS);
            case SMBHSTCNT -> {
                registers[SMBHSTCNT] = (byte) (b & 0x1D); // START reads 0, and KILL finds nothing to kill
                if ((b & START) != 0) {
                    registers[SMBHSTSTS] |= DEV_ERR;
                }
            }
            case SMBBLKDAT -> {
                block[blockIndex] = (byte) b;
                blockIndex = (blockIndex + 1) % BLOCK;
            }
            default -> registers[register] = (byte) b;
        }
    }

    byte[] registers() {
        return registers.clone();
    }

    byte[] block() {
        return block.clone();
    }

    int blockIndex() {
        return blockIndex;
    }

    void restore(byte[] savedRegisters, byte[] savedBlock, int savedIndex) {
        System.arraycopy(savedRegisters, 0, registers, 0, SIZE);
        System.arraycopy(savedBlock, 0, block, 0, BLOCK);
        blockIndex = Math.floorMod(savedIndex, BLOCK);
    }
}
