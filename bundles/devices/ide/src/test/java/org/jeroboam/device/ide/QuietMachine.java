package org.jeroboam.device.ide;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.Counter;
import org.jeroboam.hardware.board.Line;
import org.jeroboam.hardware.board.Mapping;
import org.jeroboam.hardware.board.Offload;
import org.jeroboam.hardware.board.PortHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.memory.PhysicalMemory;
import org.jeroboam.hardware.storage.BlockPort;
import org.jeroboam.hardware.storage.Geometry;
import org.jeroboam.hardware.testkit.FakeMachine;

/**
 * A board whose parts allocate nothing, so that what is allocated while a guest uses the device is the device's. Work is
 * done when the test says so, on the test's thread.
 */
final class QuietMachine {
    private static final int SIZE = 4 << 20;

    final MemorySegment ram = Arena.ofAuto().allocate(SIZE);
    private final MemorySegment disk = Arena.ofAuto().allocate(SIZE);
    private final PortHandler[] ports = new PortHandler[0x10000];
    private final QuietOffload[] offloads = new QuietOffload[4];
    private int offloadCount;
    boolean irq;
    long counted;

    QuietMachine(Map<String, String> drives) throws ConfigurationException {
        FakeMachine fake = new FakeMachine();
        Board rest = fake.board("ide");
        Board board = (Board) Proxy.newProxyInstance(
                Board.class.getClassLoader(), new Class<?>[] {Board.class}, (proxy, method, arguments) -> {
                    try {
                        return switch (method.getName()) {
                            case "mapPorts" -> map((int) arguments[0], (int) arguments[1], (PortHandler) arguments[3]);
                            case "memory" -> new QuietMemory();
                            case "line" -> (Line) level -> irq = level;
                            case "offload" ->
                                offloads[offloadCount++] = new QuietOffload(
                                        (Offload.Work) arguments[0], (Offload.Completion) arguments[1]);
                            case "counter" -> (Counter) amount -> counted += amount;
                            case "blockPort" -> new QuietPort();
                            default -> method.invoke(rest, arguments);
                        };
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        Device ide = new org.jeroboam.device.ide.IdeFactory().create(new DeviceConfig("ide", "piix4-ide", drives));
        ide.attach(board);
        ide.reset(ResetKind.POWER_ON);
        fake.writeConfig(7, 1, 0x40, 4, 0x80008000);
        fake.writeConfig(7, 1, 0x20, 4, 0xC000);
        fake.writeConfig(7, 1, 0x04, 2, 5);
    }

    int in(int port, int size) {
        return ports[port].readPort(port, size);
    }

    void out(int port, int size, int value) {
        ports[port].writePort(port, size, value);
    }

    /** Does all work that was submitted. */
    void work() {
        for (int i = 0; i < offloadCount; i++) {
            offloads[i].work();
        }
    }

    private Mapping map(int first, int count, PortHandler handler) {
        for (int i = 0; i < count; i++) {
            ports[first + i] = handler;
        }
        return () -> {};
    }

    private static final class QuietOffload implements Offload {
        private final Work work;
        private final Completion completion;
        private boolean submitted;

        QuietOffload(Work work, Completion completion) {
            this.work = work;
            this.completion = completion;
        }

        void work() {
            while (submitted) {
                submitted = false;
                try {
                    work.run();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                completion.completed(null);
            }
        }

        @Override
        public void submit(long latency) {
            submitted = true;
        }

        @Override
        public boolean submitted() {
            return submitted;
        }

        @Override
        public void cancel() {
            submitted = false;
        }

        @Override
        public boolean idle() {
            return true;
        }

        @Override
        public Pending pending() {
            return Pending.NONE;
        }

        @Override
        public void restore(Pending pending) {
            submitted = pending.submitted();
        }
    }

    private final class QuietPort implements BlockPort {
        @Override
        public boolean present() {
            return true;
        }

        @Override
        public boolean readOnly() {
            return false;
        }

        @Override
        public boolean removable() {
            return false;
        }

        @Override
        public long sectors() {
            return SIZE / 512;
        }

        @Override
        public Geometry geometry() {
            return Geometry.ofSize(sectors());
        }

        @Override
        public int changes() {
            return 1;
        }

        @Override
        public void eject() {
            irq = false;
        }

        @Override
        public void read(long sector, int count, MemorySegment target) {
            MemorySegment.copy(disk, sector * 512, target, 0, count * 512L);
        }

        @Override
        public void write(long sector, int count, MemorySegment source) {
            MemorySegment.copy(source, 0, disk, sector * 512, count * 512L);
        }

        @Override
        public void flush() {
            irq = false;
        }
    }

    private final class QuietMemory implements PhysicalMemory {
        @Override
        public int read(long physical, int size) {
            return ram.get(ValueLayout.JAVA_INT_UNALIGNED, physical);
        }

        @Override
        public void write(long physical, int size, int value) {
            ram.set(ValueLayout.JAVA_INT_UNALIGNED, physical, value);
        }

        @Override
        public void copyOut(long physical, MemorySegment target, long offset, long length) {
            MemorySegment.copy(ram, physical, target, offset, length);
        }

        @Override
        public void copyIn(long physical, MemorySegment source, long offset, long length) {
            MemorySegment.copy(source, offset, ram, physical, length);
        }
    }
}
