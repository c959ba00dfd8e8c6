package org.jeroboam.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.jeroboam.hardware.board.Board;
import org.jeroboam.hardware.board.MemoryHandler;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.clock.ClockMode;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.device.DeviceConfig;
import org.jeroboam.hardware.device.DeviceFactory;
import org.jeroboam.hardware.device.DrainState;
import org.jeroboam.hardware.firmware.FirmwareFactory;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineEvent;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.machine.SwapWay;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.machine.part.Offer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a staged swap accepts, what it does to parts that do not play along, and what it tells. */
class StagedSwapTest {
    private static final Limits SHORT = new Limits(100_000_000L, 100_000_000L, 10_000_000_000L);

    private static Rig rig() {
        Rig rig = new Rig(Scripts.chatter(200_000)).limits(SHORT);
        rig.clock = ClockMode.REAL;
        return rig;
    }

    private static Offer<DeviceFactory> offer(Rig rig, String bundle, String version, DeviceFactory factory) {
        Offer<DeviceFactory> offer =
                new Offer<>(DeviceFactory.class, "switchboard", factory, bundle, version, -1, List.of());
        rig.catalog.add(offer);
        return offer;
    }

    @Test
    void aTargetIsAVersionABundleOrBoth() {
        try (Rig rig = rig()) {
            offer(rig, "com.example.board", "1.0.0", config -> new TestParts.Switchboard());
            offer(rig, "com.example.board", "2.5.0", config -> new TestParts.Switchboard());
            rig.build().on();
            assertEquals("test.switchboard", rig.part("switchboard").bundle());
            rig.must(new MachineCommand.Swap("switchboard", "com.example.board"));
            assertEquals("2.5.0", rig.part("switchboard").version());
            assertEquals("com.example.board", rig.part("switchboard").bundle());
            assertEquals(
                    "com.example.board/2.5.0",
                    rig.part("switchboard").lastSwap().to());
            rig.must(new MachineCommand.Swap("switchboard", "com.example.board/1.0"));
            assertEquals("1.0.0", rig.part("switchboard").version());
            assertEquals("2.5.0", rig.part("switchboard").lastSwap().from());
            rig.must(new MachineCommand.Swap("switchboard", "2.5.0"));
            assertEquals(
                    "no bundle offers type switchboard as bundle com.example.bored; there are: "
                            + "test.switchboard/1.0.0, com.example.board/2.5.0, com.example.board/1.0.0",
                    rig.refused(new MachineCommand.Swap("switchboard", "com.example.bored")));
            assertEquals(
                    List.of("test.switchboard/1.0.0", "com.example.board/2.5.0", "com.example.board/1.0.0"),
                    assertInstanceOf(MachineReply.Targets.class, rig.tell(new MachineCommand.GetTargets("switchboard")))
                            .targets());
        }
    }

    @Test
    void coresHaveTargetsToo() {
        try (Rig rig = rig()) {
            rig.offer(CpuCoreFactory.class, "script", ScriptCore.factory(0), "1.1.0");
            rig.offer(CpuCoreFactory.class, "other", ScriptCore.factory(-1), "7.0.0");
            rig.build().on();
            rig.must(new MachineCommand.Swap("cpu", "1.0.0"));
            assertEquals("1.0.0", rig.part("cpu").version());
            assertTrue(rig.refused(new MachineCommand.Swap("cpu", "7.0.0")).contains("there are: 1.1.0, 1.0.0"));
            rig.must(new MachineCommand.Swap("cpu", "test.other"));
            assertEquals("other", rig.part("cpu").type());
            assertEquals(
                    "test.script/1.0.0 -> test.other/7.0.0",
                    rig.part("cpu").lastSwap().from() + " -> "
                            + rig.part("cpu").lastSwap().to());
            rig.output(5);
        }
    }

    @Test
    void firmwareWaitsForTheNextReset() {
        Script second = Scripts.chatter(200_000);
        try (Rig rig = rig()) {
            rig.build().on();
            rig.offer(FirmwareFactory.class, "script", (properties, ram) -> second, "2.0.0");
            MachineReply.Swapped swapped =
                    assertInstanceOf(MachineReply.Swapped.class, rig.tell(new MachineCommand.Swap("firmware", null)));
            assertEquals("the new firmware boots the machine at its next reset", swapped.note());
            assertEquals(0, second.boots);
            MachineReply.Part part = rig.part("firmware");
            assertEquals("2.0.0", part.version());
            assertEquals(SwapWay.AT_RESET, part.lastSwap().way());
            assertEquals(
                    "takes over at the next reset; the machine was booted by test.script 1.0.0",
                    part.imperfections().getFirst());
            rig.must(new MachineCommand.Reset());
            assertEquals(1, second.boots);
            assertEquals(List.of("is a test part"), rig.part("firmware").imperfections());
            assertTrue(rig.refused(new MachineCommand.Swap("firmware", "3.0.0"))
                    .endsWith("as version 3.0.0; there are: 2.0.0, 1.0.0"));
        }
    }

    @Test
    void firmwareThatCannotBeMadeChangesNothing() {
        try (Rig rig = rig()) {
            rig.build().on();
            rig.offer(
                    FirmwareFactory.class,
                    "script",
                    (properties, ram) -> {
                        throw new ConfigurationException("this BIOS is for another board");
                    },
                    "2.0.0");
            assertEquals("this BIOS is for another board", rig.refused(new MachineCommand.Swap("firmware", null)));
            assertEquals("1.0.0", rig.part("firmware").version());
            assertNotNull(rig.await(MachineEvent.SwapFailed.class));
            rig.must(new MachineCommand.Reset());
        }
    }

    /** A switchboard with a fault at one step. */
    private static final class Faulty extends Wrapper {
        private final String step;
        private boolean broken = true;

        Faulty(String step) {
            super(new TestParts.Switchboard());
            this.step = step;
        }

        private void at(String now) {
            if (broken && now.equals(step)) {
                throw new IllegalStateException("no " + step);
            }
        }

        @Override
        public void attach(Board board) {
            super.attach(board);
            at("attach");
        }

        @Override
        public DrainState drain() {
            at("drain");
            return step.equals("busy") ? DrainState.DRAINING : DrainState.QUIET;
        }

        @Override
        public void save(StateWriter out) {
            at("save");
            super.save(out);
        }

        @Override
        public void restore(StateReader in) throws StateException {
            at("restore");
            if (step.equals("refuse")) {
                throw new StateException("this version reads nothing");
            }
            super.restore(in);
        }

        @Override
        public void detach() {
            super.detach();
            at("detach");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "attach", "restore", "refuse"})
    void whateverTheNewOneFailsInTheOldFactoryTakesOver(String step) {
        try (Rig rig = rig()) {
            rig.build().on();
            rig.device("switchboard", "2.0.0", () -> {
                if (step.equals("create")) {
                    throw new IllegalStateException("no create");
                }
                return new Faulty(step);
            });
            rig.output(3);
            String message = rig.refused(new MachineCommand.Swap("switchboard", null));
            assertEquals(
                    switch (step) {
                        case "create" -> "device switchboard cannot be made: no create";
                        case "refuse" ->
                            "device switchboard failed: this version reads nothing; version 1.0.0 of switchboard goes"
                                    + " on";
                        default -> "device switchboard failed: no " + step + "; version 1.0.0 of switchboard goes on";
                    },
                    message);
            assertEquals(MachineState.RUNNING, rig.status().state());
            assertEquals(
                    new MachineEvent.SwapFailed("switchboard", "1.0.0", "2.0.0", message),
                    rig.await(MachineEvent.SwapFailed.class));
            assertEquals(1L, rig.status().counters().get("swap.failed"));
            assertEquals(0L, rig.status().counters().get("swap.count"));
            assertEquals("1.0.0", rig.part("switchboard").version());
            rig.events.clear();
            rig.output(5);
        }
    }

    @Test
    void aNewOneThatFailsToDetachIsReplacedAllTheSame() {
        try (Rig rig = rig()) {
            rig.device("switchboard", "2.0.0", () -> new Faulty("detach"));
            rig.build().on();
            rig.must(new MachineCommand.Swap("switchboard", "1.0.0"));
            rig.output(5);
        }
    }

    @Test
    void aPartThatNeverComesToRestIsNamed() {
        try (Rig rig = rig()) {
            rig.device("switchboard", "2.0.0", () -> new Faulty("busy"));
            rig.build().on();
            assertEquals(
                    "device switchboard of machine rig did not come to rest within 100 ms; try again",
                    rig.refused(new MachineCommand.Swap("switchboard", "1.0.0")));
            assertEquals(MachineState.RUNNING, rig.status().state());
            rig.output(5);
        }
    }

    @Test
    void aPartThatThrowsWhenItIsSavedGoesOn() {
        try (Rig rig = rig()) {
            rig.device("switchboard", "2.0.0", () -> new Faulty("save"));
            rig.build().on();
            assertEquals(
                    "device switchboard failed: no save", rig.refused(new MachineCommand.Swap("switchboard", "1.0.0")));
            assertEquals(MachineState.RUNNING, rig.status().state());
            rig.output(5);
        }
    }

    @Test
    void countersAndPartsSayWhatWasReplaced() {
        try (Rig rig = rig()) {
            rig.build().on();
            Map<String, Long> before = rig.status().counters();
            assertEquals(0L, before.get("swap.count"));
            rig.device("switchboard", "1.1.0", TestParts.Switchboard::new);
            rig.must(new MachineCommand.Swap("switchboard", null));
            rig.must(new MachineCommand.Swap("ticker", null));
            MachineReply.LastSwap last = rig.part("switchboard").lastSwap();
            assertEquals("1.0.0 to 1.1.0 STAGED", last.from() + " to " + last.to() + " " + last.way());
            Map<String, Long> after = rig.status().counters();
            assertEquals(2L, after.get("swap.count"));
            assertTrue(after.get("swap.blackout.max") >= last.blackoutNanos());
            assertEquals(1, rig.part("ticker").swaps());
            rig.must(new MachineCommand.PowerOff());
            assertEquals(2L, rig.status().counters().get("swap.count"));
        }
    }

    /** A device whose registers are four pages of one byte. */
    private static final class Sign implements Device, MemoryHandler {
        record State(int value) {}

        private final int value;

        Sign(int value) {
            this.value = value;
        }

        @Override
        public void attach(Board board) {
            board.mapDevice(0xE0000000L, 0x1000, this);
        }

        @Override
        public void reset(ResetKind kind) {
            // nothing changes
        }

        @Override
        public int readMemory(long offset, int size) {
            return value;
        }

        @Override
        public void writeMemory(long offset, int size, int written) {
            // read-only
        }

        @Override
        public void save(StateWriter out) {
            out.section("sign", 1, new State(value));
        }

        @Override
        public void restore(StateReader in) throws StateException {
            in.section("sign", 1, State.class);
        }
    }

    @Test
    void aReplacedPartKeepsTheRankOfItsWindows() {
        try (Rig rig = rig()) {
            rig.device("low", "1.0.0", () -> new Sign(1));
            rig.device("high", "1.0.0", () -> new Sign(2));
            rig.devices.add(new DeviceConfig("low", "low", Map.of()));
            rig.devices.add(new DeviceConfig("high", "high", Map.of()));
            rig.build().on();
            rig.must(new MachineCommand.Pause());
            for (String swapped : List.of("none", "low", "high", "low")) {
                if (!swapped.equals("none")) {
                    rig.must(new MachineCommand.Swap(swapped, null));
                }
                MachineReply.Memory memory = assertInstanceOf(
                        MachineReply.Memory.class, rig.tell(new MachineCommand.ReadMemory(0xE0000000, 1)));
                assertEquals(2, memory.data()[0], "after the swap of " + swapped);
            }
        }
    }
}
