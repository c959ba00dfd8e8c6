package org.jeroboam.device.videos3trio64;

/**
 * All registers of the chip but those of the DAC and of PCI configuration space: the VGA's five groups and S3's additions
 * to sequencer (SR8 and up) and CRTC (CR2D and up), with the rules of which bits can be written when.
 */
final class Registers {
    /** Misc Output bits. */
    static final int MISC_COLOR = 0x01;

    static final int MISC_RAM = 0x02;
    static final int MISC_LOW_PAGE = 0x20;

    private static final int SEQUENCER = 32;
    private static final int GRAPHICS = 16;
    private static final int CRTC = 256;
    private static final int ATTRIBUTE = 32;
    private static final int CR_LOCK_KEY = 0xCC;
    private static final int CR_UNLOCKED = 0x48;
    private static final int SYSTEM_LOCK_KEY = 0xE0;
    private static final int SYSTEM_UNLOCKED = 0xA0;
    private static final int STRAPS_UNLOCKED = 0xA5;
    private static final int SR_UNLOCKED = 0x06;

    final RegisterBank sequencer = new RegisterBank(SEQUENCER, 0x03, 0x3D, 0x0F, 0x3F, 0x0E).whole(0x08, 0x1F);
    final RegisterBank graphics = new RegisterBank(GRAPHICS, 0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF);
    final RegisterBank crtc = new RegisterBank(CRTC).whole(0x00, 0x18).whole(0x31, 0x6F);
    final RegisterBank attribute = new RegisterBank(
            ATTRIBUTE, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F, 0x3F,
            0xEF, 0xFF, 0x3F, 0x0F, 0x0F);

    int miscOutput;
    int featureControl;
    int subsystemEnable;
    boolean attributeData;
    boolean paletteAddressSource;

    /**
     * What is remembered of it.
     *
     * @param sequencer SR
     * @param graphics GR
     * @param crtc CR
     * @param attribute AR
     * @param miscOutput 3C2h
     * @param featureControl 3DAh, written
     * @param subsystemEnable 3C3h
     * @param attributeData whether the next write to 3C0h is data
     * @param paletteAddressSource PAS, bit 5 of the attribute controller's index
     */
    record State(
            RegisterBank.State sequencer,
            RegisterBank.State graphics,
            RegisterBank.State crtc,
            RegisterBank.State attribute,
            int miscOutput,
            int featureControl,
            int subsystemEnable,
            boolean attributeData,
            boolean paletteAddressSource) {
        State {
            if (sequencer == null
                    || graphics == null
                    || crtc == null
                    || attribute == null
                    || !sequencer.fits(SEQUENCER)
                    || !graphics.fits(GRAPHICS)
                    || !crtc.fits(CRTC)
                    || !attribute.fits(ATTRIBUTE)) {
                throw new IllegalArgumentException("a bank of video registers has the wrong size");
            }
        }
    }

    int sr(int register) {
        return sequencer.get(register);
    }

    int gr(int register) {
        return graphics.get(register);
    }

    int cr(int register) {
        return crtc.get(register);
    }

    int ar(int register) {
        return attribute.get(register);
    }

    boolean writeSequencer(int value) {
        int register = sequencer.index();
        boolean locked = register > 0x08 && (sr(0x08) & 0x0F) != SR_UNLOCKED;
        return sequencer.write(register, value, locked ? 0 : 0xFF);
    }

    boolean writeCrtc(int value) {
        int register = crtc.index();
        return crtc.write(register, value, unlockedCrtcBits(register));
    }

    private int unlockedCrtcBits(int register) {
        if (register <= 0x18) {
            int bits = register == 0x11 || register > 7 || (cr(0x11) & 0x80) == 0 ? 0xFF : register == 7 ? 0x10 : 0;
            return bits & ~lockedTiming(register);
        }
        boolean systemUnlocked = (cr(0x39) & SYSTEM_LOCK_KEY) == SYSTEM_UNLOCKED;
        if (register >= 0x40) {
            return systemUnlocked ? 0xFF : 0;
        }
        boolean key = register == 0x38 || register == 0x39;
        boolean unlocked = (cr(0x38) & CR_LOCK_KEY) == CR_UNLOCKED && (register != 0x36 || cr(0x39) == STRAPS_UNLOCKED);
        return key || unlocked ? 0xFF : 0;
    }

    /** CR35 bit 4 locks vertical, bit 5 horizontal timing. */
    private int lockedTiming(int register) {
        int lock = cr(0x35);
        int bits = 0;
        if ((lock & 0x10) != 0) {
            bits = switch (register) {
                case 0x06, 0x10, 0x15, 0x16 -> 0xFF;
                case 0x07 -> 0xAD;
                case 0x09 -> 0x20;
                case 0x11 -> 0x0F;
                default -> 0;
            };
        }
        if ((lock & 0x20) != 0) {
            bits |= register <= 0x05 ? 0xFF : register == 0x17 ? 0x04 : 0;
        }
        return bits;
    }

    /** CPU bank in units of 64 KiB of video memory; CR6A, when it is not 0, else the older fields. */
    int bank() {
        int bank = cr(0x6A) & 0x3F;
        return bank != 0 ? bank : cr(0x35) & 0x0F | (cr(0x51) & 0x0C) << 2;
    }

    /** Whether S3's enhanced mapping is on: 64 KiB at A0000h, chain-4 linear, no wrap at 256 KiB. */
    boolean enhancedMapping() {
        return (cr(0x31) & 0x08) != 0;
    }

    void reset() {
        sequencer.clear();
        graphics.clear();
        crtc.clear();
        attribute.clear();
        miscOutput = 0;
        featureControl = 0;
        subsystemEnable = 1;
        attributeData = false;
        paletteAddressSource = false;
        crtc.set(0x2D, 0x88);
        crtc.set(0x2E, 0x11);
        crtc.set(0x2F, 0x00);
        crtc.set(0x30, 0xE1);
        crtc.set(0x36, 0x0E);
        crtc.set(0x37, 0xE1);
    }

    State save() {
        return new State(
                sequencer.save(),
                graphics.save(),
                crtc.save(),
                attribute.save(),
                miscOutput,
                featureControl,
                subsystemEnable,
                attributeData,
                paletteAddressSource);
    }

    void restore(State state) {
        sequencer.restore(state.sequencer);
        graphics.restore(state.graphics);
        crtc.restore(state.crtc);
        attribute.restore(state.attribute);
        miscOutput = state.miscOutput & 0xFF;
        featureControl = state.featureControl & 0xFF;
        subsystemEnable = state.subsystemEnable & 0xFF;
        attributeData = state.attributeData;
        paletteAddressSource = state.paletteAddressSource;
    }
}
