package org.jeroboam.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.machine.MachineConfig;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.StateException;
import org.jeroboam.hardware.state.StateReader;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.machine.board.AbandonedThread;
import org.jeroboam.machine.board.DeviceScope;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.io.CharacterChannel;
import org.jeroboam.machine.io.Drive;
import org.jeroboam.machine.memory.BackingMemory;
import org.jeroboam.machine.memory.Window;
import org.jeroboam.machine.part.Part;
import org.jeroboam.machine.save.SaveReader;
import org.jeroboam.machine.save.SaveWriter;
import org.jeroboam.machine.save.SavedMachine;

/** Saves a machine to a file and restores it. Machine thread. */
final class StateTransfer {
    private final Chassis chassis;
    private final GuestRunner runner;
    private final PartExchange exchange;
    private final PowerControl power;

    StateTransfer(Chassis chassis, GuestRunner runner, PartExchange exchange, PowerControl power) {
        this.chassis = chassis;
        this.runner = runner;
        this.exchange = exchange;
        this.power = power;
    }

    // ---- saving

    /** RUNNING or PAUSED to PAUSED; while a part is missing, what it left is saved, and the machine goes on waiting. */
    void save(String file) throws Refusal {
        Motherboard board = chassis.board;
        boolean running = chassis.is(MachineState.RUNNING);
        boolean waiting = chassis.is(MachineState.WAITING_FOR_PART);
        if (waiting) {
            checkNothingLost();
        } else {
            exchange.quiesce(chassis.parts);
        }
        runner.endSlice();
        board.clock().stop();
        try {
            exchange.awaitIdle();
            runner.flush(board, true); // what has left the machine is no part of its state
            if (board.signals().any()) {
                throw Refusal.of("machine " + chassis.config.name() + " is being reset or switched off by its guest");
            }
            write(path(file));
        } catch (Refusal e) {
            if (running) {
                board.clock().start();
            }
            if (chassis.drives.resolve() != null) {
                board.clock().stop();
                exchange.resolve();
            }
            throw e;
        }
        if (!waiting) {
            chassis.enter(MachineState.PAUSED, "");
        }
    }

    /** The guest cannot run until all is at rest: what went has left its state, and the rest is saved as it stands. */
    private void checkNothingLost() throws Refusal {
        for (Part part : chassis.parts) {
            if (part.device() == null && part.heldState() == null) {
                throw Refusal.fault("the state of device " + part.name() + " is lost", null);
            }
        }
        if (chassis.board.processor().core() == null && chassis.heldCpu == null) {
            throw Refusal.fault("the processor's state is lost", null);
        }
        if (chassis.bootPending != null) {
            throw Refusal.of("machine " + chassis.config.name() + " has not booted yet");
        }
    }

    static Path path(String file) throws Refusal {
        try {
            return Path.of(file);
        } catch (InvalidPathException e) {
            throw Refusal.of("'" + file + "' is no path: " + e.getReason());
        }
    }

    private void write(Path file) throws Refusal {
        Motherboard board = chassis.board;
        List<byte[]> states = new ArrayList<>();
        for (Part part : chassis.parts) {
            states.add(part.device() == null ? part.heldState() : exchange.save(part));
        }
        List<Window.Description> windows = chassis.firmwareScope == null ? List.of() : chassis.firmwareScope.describe();
        if (windows == null) {
            throw Refusal.fault(
                    "firmware '" + chassis.config.firmware().type()
                            + "' cannot be saved: it took more of the board than memory",
                    null);
        }
        chassis.drives.settle();
        try (SaveWriter out = new SaveWriter(file)) {
            out.record(new SavedMachine.Header(
                    configWithFormats(),
                    images(),
                    chassis.coreName,
                    chassis.coreChosen == null ? "" : chassis.coreChosen));
            StateWriter cpu = new StateWriter();
            CpuCore core = board.processor().core();
            (core == null ? chassis.heldCpu : core.save()).save(cpu);
            out.bytes(cpu.toBytes());
            out.record(board(windows));
            out.count(chassis.parts.size());
            for (Part part : chassis.parts) {
                out.record(new SavedMachine.PartState(
                        part.name(), part.config().type(), part.bundle(), part.version(), states.get(part.index())));
            }
            List<BackingMemory> backings = board.backings().all();
            out.count(backings.size());
            for (BackingMemory backing : backings) {
                out.record(new SavedMachine.BackingInfo(backing.device(), backing.name(), backing.size()));
                out.memory(backing.size(), backing::pageAddress);
            }
            out.memory(chassis.ram.size(), chassis.ram::pageAddress);
            out.commit();
        } catch (IOException e) {
            throw Refusal.of("cannot save to " + file + ": " + describe(e));
        }
    }

    /** Formats that were recognised are named, so that another one does not take the image later. */
    private MachineConfig configWithFormats() {
        MachineConfig c = chassis.config;
        List<MachineConfig.DriveConfig> drives = c.drives().stream()
                .map(d -> new MachineConfig.DriveConfig(
                        d.name(), d.image(), chassis.drives.format(d.name()), d.readOnly(), d.removable()))
                .toList();
        return new MachineConfig(
                c.name(),
                c.memoryBytes(),
                c.cpuCore(),
                c.cpuModel(),
                c.clock(),
                c.rtcBase(),
                c.firmware(),
                c.devices(),
                drives,
                c.characterPorts(),
                c.resetPowersOff());
    }

    private static String describe(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException x -> "there is no such folder";
            case java.nio.file.AccessDeniedException x -> "access is denied";
            default -> Refusal.text(e);
        };
    }

    private SavedMachine.Board board(List<Window.Description> windows) {
        Motherboard board = chassis.board;
        List<SavedMachine.Stream> streams = new ArrayList<>();
        for (CharacterChannel channel : board.connectedChannels()) {
            streams.add(new SavedMachine.Stream(channel.name(), channel.queues()));
        }
        long[][] dram = board.memory().dramAccess();
        return new SavedMachine.Board(
                board.clock().now(),
                board.clock().wallBase(),
                board.lines().told(),
                dram[0],
                dram[1],
                streams,
                windows,
                media());
    }

    private List<SavedMachine.MediumCount> media() {
        return chassis.drives.drives().values().stream()
                .map(drive -> new SavedMachine.MediumCount(drive.name(), drive.changes()))
                .toList();
    }

    private List<SavedMachine.Image> images() throws IOException {
        List<SavedMachine.Image> images = new ArrayList<>();
        for (Drive drive : chassis.drives.drives().values()) {
            if (drive.file() != null) {
                images.add(image(drive));
            }
        }
        return images;
    }

    private static SavedMachine.Image image(Drive drive) throws IOException {
        Path file = drive.file().toAbsolutePath().normalize();
        return new SavedMachine.Image(
                drive.name(),
                file.toString(),
                Files.size(file),
                Files.getLastModifiedTime(file).to(TimeUnit.NANOSECONDS));
    }

    // ---- restoring

    /** OFF to PAUSED. */
    void restore(String file) throws Refusal {
        Path path = path(file);
        try (SaveReader in = new SaveReader(path)) {
            SavedMachine.Header header = in.header();
            checkConfig(header.config());
            checkImages(header.images());
            checkFormats(header.config());
            CpuState cpu = CpuState.restore(new StateReader(in.bytes()));
            SavedMachine.Board saved = in.record(SavedMachine.Board.class);
            Map<String, byte[]> states = new LinkedHashMap<>();
            for (int i = in.count(); i > 0; i--) {
                SavedMachine.PartState part = in.record(SavedMachine.PartState.class);
                states.put(part.name(), part.state());
            }
            String chosen = chassis.coreChosen;
            chooseCore(header.chosen().isEmpty() ? chosen : header.chosen());
            Motherboard board = power.assemble();
            try {
                for (int i = in.count(); i > 0; i--) {
                    SavedMachine.BackingInfo info = in.record(SavedMachine.BackingInfo.class);
                    BackingMemory backing = board.backings().get(info.device(), info.name(), info.size());
                    in.memory(info.size(), backing::pageAddress);
                }
                in.memory(chassis.ram.size(), chassis.ram::pageAddress);
                rebuild(cpu, saved, states);
            } catch (Refusal | StateException | IOException | RuntimeException | Error e) {
                AbandonedThread.pass(e);
                power.dismantle();
                power.discard();
                chooseCore(chosen);
                throw e;
            }
        } catch (StateException | IOException e) {
            throw Refusal.of("cannot restore from " + file + ": "
                    + (e instanceof java.io.EOFException ? "it is damaged: it ends too early" : Refusal.text(e)));
        } catch (RuntimeException | Error e) {
            AbandonedThread.pass(e);
            throw Refusal.fault("cannot restore from " + file + ": " + Refusal.text(e), e);
        }
        chassis.enter(MachineState.PAUSED, "");
    }

    /** Has the core made anew that was chosen by command, if there is one. */
    private void chooseCore(String name) {
        chassis.coreChosen = name;
        chassis.coreOffer = null;
    }

    private void rebuild(CpuState cpu, SavedMachine.Board saved, Map<String, byte[]> states)
            throws Refusal, StateException {
        Motherboard board = chassis.board;
        if (saved.lines() == null
                || saved.dramReadable() == null
                || saved.dramWritable() == null
                || saved.media() == null) {
            throw new StateException("it is damaged: the state of the board is not complete");
        }
        board.processor().load(cpu);
        board.clock().set(saved.now(), saved.wallBase());
        board.memory().restoreDramAccess(new long[][] {saved.dramReadable(), saved.dramWritable()});
        board.lines().hold();
        board.lines().restoreTold(saved.lines());
        for (SavedMachine.Stream stream : saved.streams()) {
            if (chassis.config.characterPorts().contains(stream.name())) {
                board.channel(stream.name()).restore(stream.queues());
            }
        }
        for (SavedMachine.MediumCount medium : saved.media()) {
            Drive drive = chassis.drives.drives().get(medium.drive());
            if (drive != null) {
                drive.restoreChanges(medium.changes());
            }
        }
        for (Part part : chassis.parts) {
            exchange.attach(part);
        }
        for (Part part : chassis.parts) {
            byte[] state = states.get(part.name());
            if (state == null) {
                throw new StateException("it holds no state of device " + part.name());
            }
            exchange.call(part, "restore", () -> part.device().restore(new StateReader(state)));
        }
        board.lines().setFerr(cpu.ferr);
        restoreFirmware(saved.firmwareWindows());
        board.lines().release();
        Throwable failure = board.signals().takeFailure();
        if (failure != null) {
            throw Refusal.fault("a part failed while it was restored: " + Refusal.text(failure), failure);
        }
    }

    private void restoreFirmware(List<Window.Description> windows) throws StateException {
        Motherboard board = chassis.board;
        DeviceScope scope = new DeviceScope(board, PartExchange.FIRMWARE, chassis.parts.size());
        for (Window.Description window : windows) {
            BackingMemory backing = board.backings().all().stream()
                    .filter(b ->
                            b.device().equals(PartExchange.FIRMWARE) && b.name().equals(window.backing()))
                    .findFirst()
                    .orElseThrow(
                            () -> new StateException("it holds no memory " + window.backing() + " of the firmware"));
            scope.mapBacking(window.base(), window.length(), backing, window.offset(), window.writable());
        }
        chassis.firmwareScope = scope;
    }

    private void checkConfig(MachineConfig saved) throws StateException {
        MachineConfig own = chassis.config;
        if (saved == null) {
            throw new StateException("it is damaged: it has no configuration");
        }
        if (saved.memoryBytes() != own.memoryBytes()) {
            throw new StateException("it belongs to a machine with " + saved.memoryBytes() / MachineConfig.MIB
                    + " MiB of memory; this one has " + own.memoryBytes() / MachineConfig.MIB);
        }
        if (saved.cpuModel() != own.cpuModel() || saved.clock() != own.clock()) {
            throw new StateException("it belongs to a machine with processor " + saved.cpuModel() + " and clock "
                    + saved.clock() + "; this one has " + own.cpuModel() + " and " + own.clock());
        }
        if (!saved.devices().equals(own.devices())) {
            throw new StateException("it belongs to a machine with other devices");
        }
    }

    private void checkFormats(MachineConfig saved) throws StateException {
        for (MachineConfig.DriveConfig drive : saved.drives()) {
            String now = chassis.drives.format(drive.name());
            if (drive.format() != null && now != null && !drive.format().equals(now)) {
                throw new StateException("drive " + drive.name() + " held an image of format " + drive.format()
                        + ", which is opened as " + now + " now; start the bundle of format " + drive.format());
            }
        }
    }

    private void checkImages(List<SavedMachine.Image> saved) throws StateException, IOException {
        List<SavedMachine.Image> own = images();
        for (SavedMachine.Image image : saved) {
            SavedMachine.Image now = own.stream()
                    .filter(i -> i.drive().equals(image.drive()))
                    .findFirst()
                    .orElseThrow(() -> new StateException("drive " + image.drive() + " held " + image.path()
                            + " when it was saved, which must be in it again"));
            if (!now.equals(image)) {
                throw new StateException("it belongs to another state of " + image.path() + " in drive " + image.drive()
                        + ", which is now " + now.path() + " and was changed or replaced since");
            }
        }
        for (SavedMachine.Image image : own) {
            if (saved.stream().noneMatch(i -> i.drive().equals(image.drive()))) {
                throw new StateException("drive " + image.drive() + ", which now holds " + image.path()
                        + ", was empty or missing when it was saved");
            }
        }
    }
}
