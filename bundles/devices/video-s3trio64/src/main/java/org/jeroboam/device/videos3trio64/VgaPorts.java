package org.jeroboam.device.videos3trio64;

import org.jeroboam.hardware.board.PortHandler;

/** The VGA's ports 3B4h to 3DAh: they reach the registers and tell whom a change concerns. */
final class VgaPorts implements PortHandler {
    private static final int OPEN_BUS = 0xFF;
    private static final int PAS = 0x20;

    private final Registers registers;
    private final Dac dac;
    private final PlanarEngine engine;
    private final RasterClock raster;
    private final RetraceInterrupt retrace;
    private final ScreenPainter painter;
    private Windows windows;

    VgaPorts(
            Registers registers,
            Dac dac,
            PlanarEngine engine,
            RasterClock raster,
            RetraceInterrupt retrace,
            ScreenPainter painter) {
        this.registers = registers;
        this.dac = dac;
        this.engine = engine;
        this.raster = raster;
        this.retrace = retrace;
        this.painter = painter;
    }

    /** What changes of the decoding concern; the windows in turn lead accesses here. */
    void setWindows(Windows newWindows) {
        windows = newWindows;
    }

    @Override
    public int readPort(int port, int size) {
        int value = readByte(port);
        return size == 1 ? value : value | readByte(port + 1) << 8;
    }

    @Override
    public void writePort(int port, int size, int value) {
        writeByte(port, value & 0xFF);
        if (size > 1) {
            writeByte(port + 1, value >> 8 & 0xFF);
        }
    }

    private int readByte(int port) {
        return switch (port) {
            case 0x3C0 -> registers.attribute.index() | (registers.paletteAddressSource ? PAS : 0);
            case 0x3C1 -> registers.ar(registers.attribute.index());
            case 0x3C2 -> (dac.sense() ? 0x10 : 0) | (retrace.pending() ? 0x80 : 0);
            case 0x3C3 -> registers.subsystemEnable;
            case 0x3C4 -> registers.sequencer.index();
            case 0x3C5 -> registers.sr(registers.sequencer.index());
            case 0x3C6, 0x3C7, 0x3C8, 0x3C9 -> dac.read(port);
            case 0x3CA -> registers.featureControl;
            case 0x3CC -> registers.miscOutput;
            case 0x3CE -> registers.graphics.index();
            case 0x3CF -> registers.gr(registers.graphics.index());
            case 0x3B4, 0x3D4 -> decoded(port) ? registers.crtc.index() : OPEN_BUS;
            case 0x3B5, 0x3D5 -> decoded(port) ? readCrtc() : OPEN_BUS;
            case 0x3BA, 0x3DA -> decoded(port) ? readStatus() : OPEN_BUS;
            default -> OPEN_BUS;
        };
    }

    private int readCrtc() {
        int index = registers.crtc.index();
        return switch (index) {
            case 0x22 -> engine.latch() >>> 8 * (registers.gr(4) & 3) & 0xFF;
            case 0x24 ->
                registers.attribute.index()
                        | (registers.paletteAddressSource ? PAS : 0)
                        | (registers.attributeData ? 0x80 : 0);
            default -> registers.cr(index);
        };
    }

    private int readStatus() {
        registers.attributeData = false;
        return raster.status();
    }

    /** Misc Output bit 0 chooses between the colour adapter's addresses and the monochrome one's. */
    private boolean decoded(int port) {
        return (port & 0x40) != 0 == ((registers.miscOutput & Registers.MISC_COLOR) != 0);
    }

    private void writeByte(int port, int value) {
        switch (port) {
            case 0x3C0 -> writeAttribute(value);
            case 0x3C2 -> writeMisc(value);
            case 0x3C3 -> registers.subsystemEnable = value;
            case 0x3C4 -> registers.sequencer.setIndex(value);
            case 0x3C5 -> writeSequencer(value);
            case 0x3C6, 0x3C7, 0x3C8, 0x3C9 -> {
                if (dac.write(port, value)) {
                    painter.changed();
                }
            }
            case 0x3CE -> registers.graphics.setIndex(value);
            case 0x3CF -> writeGraphics(value);
            case 0x3B4, 0x3D4 -> {
                if (decoded(port)) {
                    registers.crtc.setIndex(value);
                }
            }
            case 0x3B5, 0x3D5 -> {
                if (decoded(port) && registers.writeCrtc(value)) {
                    crtcChanged(registers.crtc.index());
                }
            }
            case 0x3BA, 0x3DA -> {
                if (decoded(port)) {
                    registers.featureControl = value;
                }
            }
            default -> {
                // Read-only, or not there.
            }
        }
    }

    private void writeAttribute(int value) {
        registers.attributeData ^= true;
        if (registers.attributeData) {
            registers.attribute.setIndex(value);
            boolean pas = (value & PAS) != 0;
            if (pas != registers.paletteAddressSource) {
                registers.paletteAddressSource = pas;
                painter.changed();
            }
        } else if (registers.attribute.write(registers.attribute.index(), value, 0xFF)) {
            painter.changed();
        }
    }

    private void writeMisc(int value) {
        if (registers.miscOutput != value) {
            registers.miscOutput = value;
            windows.update();
            engine.configure();
            timingChanged();
        }
    }

    private void writeSequencer(int value) {
        if (!registers.writeSequencer(value)) {
            return;
        }
        switch (registers.sequencer.index()) {
            case 0x02, 0x04 -> engine.configure();
            case 0x00, 0x03 -> painter.changed();
            case 0x01, 0x12, 0x13 -> {
                timingChanged();
                painter.changed();
            }
            default -> {
                // Kept.
            }
        }
    }

    private void writeGraphics(int value) {
        int index = registers.graphics.index();
        if (!registers.graphics.write(index, value, 0xFF)) {
            return;
        }
        engine.configure();
        if (index == 0x05 || index == 0x06) {
            painter.changed();
        }
        if (index == 0x06) {
            windows.update();
        }
    }

    private void crtcChanged(int index) {
        switch (index) {
            case 0x00, 0x01, 0x06, 0x07, 0x10, 0x11, 0x12, 0x17, 0x32, 0x5D, 0x5E -> {
                timingChanged();
                painter.changed();
            }
            case 0x31, 0x35, 0x51, 0x6A -> {
                engine.configure();
                windows.update();
                painter.changed();
            }
            case 0x58, 0x59, 0x5A -> linearWindowChanged();
            default -> painter.changed();
        }
    }

    private void linearWindowChanged() {
        windows.positionWritten();
        windows.update();
        painter.changed();
    }

    private void timingChanged() {
        retrace.look();
        raster.configure();
        retrace.update();
    }
}
