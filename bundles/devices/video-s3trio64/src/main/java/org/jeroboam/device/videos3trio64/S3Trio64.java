package org.jeroboam.device.videos3trio64;

import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.PciConfigSpace;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.Timer;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.display.DisplayPort;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The S3 86C764 (Trio64) with 4 MiB in its VGA part, as a PCI function (S3 Trio64 data book; IBM PS/2 hardware interface
 * technical reference, video subsystem).
 *
 * <p>Imperfections: {@value #NO_ENHANCED}; {@value #NO_ENGINE}; {@value #NO_ROM}; {@value #NO_FINE_TIMING};
 * {@value #NO_RARE_VGA}.
 */
final class S3Trio64 implements Device, PciFunction {
    static final String NO_ENHANCED =
            "S3's enhanced modes (CR3A, CR67) are not drawn; their registers keep what is written";
    static final String NO_ENGINE = "there is no 2D engine, no hardware cursor and no memory-mapped I/O";
    static final String NO_ROM = "there is no expansion ROM; firmware brings the VGA BIOS";
    static final String NO_FINE_TIMING =
            "the frame rate is kept between 50 and 100 Hz, and a frame is drawn as of one instant";
    static final String NO_RARE_VGA =
            "the border, blinking in graphics modes, slow address counting (CR14 bit 5, CR17 bit 3), shift loads (SR1 bits"
                    + " 2 and 4), the 64 KB limit (SR4 bit 1) and the enable bit at 3C3h have no effect";

    private static final String SECTION = "s3trio64";
    private static final int VERSION = 1;
    private static final int PCICMD = 0x04;
    private static final int BAR0 = 0x10;
    private static final int BAR0_BASE = 0xFF80_0000;

    private final int slot;
    private final PciConfigSpace config = new PciConfigSpace();
    private final Registers registers = new Registers();
    private final Dac dac = new Dac();
    private DisplayPort display;
    private VideoMemory memory;
    private PlanarEngine engine;
    private RasterClock raster;
    private RetraceInterrupt retrace;
    private ScreenPainter painter;
    private Windows windows;

    S3Trio64(int slot) {
        this.slot = slot;
        config.writable(PCICMD, 2, 0x0023)
                .clearedByOne(0x06, 2, 0xF900)
                .writable(BAR0, 4, BAR0_BASE)
                .writable(0x3C, 1, 0xFF);
    }

    @Override
    public void attach(Board board) {
        memory = new VideoMemory(board.backing("vram", VideoMemory.SIZE));
        engine = new PlanarEngine(registers, memory);
        raster = new RasterClock(registers, board.clock());
        Timer timer = board.timer(() -> retrace.update());
        retrace = new RetraceInterrupt(
                registers, raster, board.clock(), board.line(new LineId.PciInterrupt(slot, 0)), timer);
        display = board.displayPort();
        painter = new ScreenPainter(registers, dac, memory, raster, display);
        VgaPorts ports = new VgaPorts(registers, dac, engine, raster, retrace, painter);
        windows = new Windows(board, config, registers, memory, engine, ports);
        ports.setWindows(windows);
        board.pci().place(slot, 0, this);
        display.setPainter(painter);
    }

    @Override
    public void reset(ResetKind kind) {
        config.clear();
        config.set(0x00, 4, 0x8811_5333)
                .set(0x06, 2, 0x0200)
                .set(0x08, 4, 0x0300_0000)
                .set(0x3D, 1, 1);
        registers.reset();
        dac.reset();
        engine.setLatch(0);
        if (kind == ResetKind.POWER_ON) {
            memory.clear();
        }
        raster.reset();
        retrace.reset();
        configured();
    }

    @Override
    public void save(StateWriter out) {
        out.section(
                SECTION,
                VERSION,
                new S3State(
                        config.toBytes(),
                        registers.save(),
                        dac.save(),
                        engine.latch(),
                        raster.origin(),
                        retrace.save()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        S3State state = in.section(SECTION, VERSION, S3State.class);
        config.restore(state.config());
        registers.restore(state.registers());
        dac.restore(state.dac());
        engine.setLatch(state.latch());
        raster.restore(state.frameOrigin());
        retrace.restore(state.retrace());
        configured();
    }

    @Override
    public void detach() {
        display.setPainter(null);
    }

    private void configured() {
        engine.configure();
        windows.update();
        painter.changed();
    }

    @Override
    public int readConfig(int register, int size) {
        return config.read(register, size);
    }

    @Override
    public void writeConfig(int register, int size, int value) {
        int base = config.read(BAR0, 4);
        config.write(register, size, value);
        if (config.read(BAR0, 4) != base) {
            windows.barWritten();
        }
        windows.update();
    }
}
