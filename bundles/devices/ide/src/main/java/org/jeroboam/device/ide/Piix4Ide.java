package org.jeroboam.device.ide;

import java.util.List;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.LineId;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.PciConfigSpace;
import org.jeroboam.hardware.board.PciFunction;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;

/**
 * The IDE function of the Intel 82371AB (PIIX4): two channels at their legacy ports and interrupts, with bus masters
 * (Intel 82371AB data sheet, chapters 5 and 10).
 *
 * <p>Imperfections: {@value #NO_TIMING}; those of {@link AtaDisk} and {@link PacketDrive}.
 */
final class Piix4Ide implements Device, PciFunction, PortHandler {
    static final String NO_TIMING = "the timing registers have no effect on the speed of transfers";

    private static final int PCICMD = 0x04;
    private static final int PCICMD_IO = 0x01;
    private static final int PCICMD_MASTER = 0x04;
    private static final int BMIBA = 0x20;
    private static final int BMIBA_IO = 0x01;
    private static final int BMIBA_BASE = 0xFFF0;
    /** SeaBIOS sizes windows in 32 bits: the upper half, which the chip hardwires to 0, keeps bits without effect. */
    private static final int BMIBA_WRITABLE = 0xFFFF_FFF0;

    private static final int BMIBA_SIZE = 16;
    private static final int IDETIM = 0x40;
    private static final int IDETIM_DECODE = 0x8000;

    private static final String SECTION = "piix4-ide";
    private static final int VERSION = 2;

    private final int device;
    private final int function;
    private final List<DriveConfig> drives;
    private final PciConfigSpace config = new PciConfigSpace();
    private final Channel[] channels = new Channel[2];
    private Board board;
    private Mapping busMasterPorts;
    private int busMasterBase;

    Piix4Ide(int device, int function, List<DriveConfig> drives) {
        this.device = device;
        this.function = function;
        this.drives = drives;
        config.writable(PCICMD, 2, PCICMD_IO | PCICMD_MASTER)
                .clearedByOne(0x06, 2, 0x3800)
                .writable(0x0D, 1, 0xF0)
                .writable(BMIBA, 4, BMIBA_WRITABLE)
                .writable(IDETIM, 4, -1)
                .writable(0x44, 1, 0xFF)
                .writable(0x48, 1, 0x0F)
                .writable(0x4A, 2, 0x3333);
    }

    @Override
    public void attach(Board scope) {
        board = scope;
        scope.pci().place(device, function, this);
        channels[0] = new Channel(scope, 0x1F0, 0x3F6, new LineId.Irq(14), drives.subList(0, 2));
        channels[1] = new Channel(scope, 0x170, 0x376, new LineId.Irq(15), drives.subList(2, 4));
    }

    @Override
    public void reset(ResetKind kind) {
        config.clear();
        config.set(0x00, 4, 0x71118086)
                .set(0x06, 2, 0x0280)
                .set(0x08, 4, 0x01018001)
                .set(BMIBA, 4, BMIBA_IO);
        for (Channel channel : channels) {
            channel.reset();
        }
        configured();
    }

    @Override
    public void save(StateWriter out) {
        out.section(SECTION, VERSION, new IdeState(config.toBytes(), channels[0].save(), channels[1].save()));
    }

    @Override
    public void restore(StateReader in) throws StateException {
        IdeState state = in.section(SECTION, VERSION, IdeState.class);
        config.restore(state.config());
        channels[0].restore(state.primary());
        channels[1].restore(state.secondary());
        configured();
    }

    @Override
    public int readConfig(int register, int size) {
        return config.read(register, size);
    }

    @Override
    public void writeConfig(int register, int size, int value) {
        config.write(register, size, value);
        configured();
    }

    @Override
    public int readPort(int port, int size) {
        int value = 0;
        for (int i = 0; i < size; i++) {
            int offset = port - busMasterBase + i;
            value |= channels[offset >> 3 & 1].busMaster().read(offset & 7) << 8 * i;
        }
        return value;
    }

    @Override
    public void writePort(int port, int size, int value) {
        for (int i = 0; i < size; i++) {
            int offset = port - busMasterBase + i;
            channels[offset >> 3 & 1].busMaster().write(offset & 7, value >>> 8 * i & 0xFF);
        }
    }

    /** Opens and closes windows as the configuration says. */
    private void configured() {
        int command = config.read(PCICMD, 2);
        boolean io = (command & PCICMD_IO) != 0;
        for (int i = 0; i < channels.length; i++) {
            channels[i].decode(io && (config.read(IDETIM + 2 * i, 2) & IDETIM_DECODE) != 0);
        }
        int base = io ? config.read(BMIBA, 2) & BMIBA_BASE : 0;
        if (base != busMasterBase) {
            if (busMasterPorts != null) {
                busMasterPorts.unmap();
            }
            busMasterPorts = base == 0 ? null : board.mapPorts(base, BMIBA_SIZE, 4, this);
            busMasterBase = base;
        }
        for (Channel channel : channels) {
            channel.busMaster().enable((command & PCICMD_MASTER) != 0);
        }
    }
}
