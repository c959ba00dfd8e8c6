package org.jeroboam.machine;

import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jeroboam.hardware.board.PowerButton;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.ConfigurationException;
import org.jeroboam.hardware.machine.Machine;
import org.jeroboam.hardware.machine.MachineCommand;
import org.jeroboam.hardware.machine.MachineEvent.StopReason;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.hardware.machine.MachineScheduler;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.board.Signals;
import org.jeroboam.machine.io.CharacterChannel;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.OfferListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A machine and its thread. */
final class LocalMachine implements Machine, OfferListener {
    private static final Logger LOG = LoggerFactory.getLogger(LocalMachine.class);
    private static final long DEPARTURE_SECONDS = 60;
    /** How long RAM stays for questions after power off. */
    private static final long KEEP_NANOS = 10_000_000_000L;

    private final Chassis chassis;
    private final GuestRunner runner;
    private final PartExchange exchange;
    private final PowerControl power;
    private final StateTransfer transfer;
    private final Inspector inspector;
    private final Debugging debugging;
    private final Queue<Runnable> queue = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private final Runnable closed;
    private volatile boolean closing;
    private volatile boolean ended;

    /**
     * Creates a machine that is off, and starts its thread.
     *
     * @param chassis its pieces
     * @param scheduler gives slices
     * @param closed called when it is closed
     */
    LocalMachine(Chassis chassis, MachineScheduler scheduler, Runnable closed) {
        this.chassis = chassis;
        this.closed = closed;
        runner = new GuestRunner(chassis, scheduler, () -> closing || !queue.isEmpty(), () -> closing);
        exchange = new PartExchange(chassis, runner);
        power = new PowerControl(chassis, runner, exchange);
        exchange.onFirmware(power::bootPending);
        transfer = new StateTransfer(chassis, runner, exchange, power);
        inspector = new Inspector(chassis);
        debugging = new Debugging(chassis, runner);
        thread = new Thread(this::live, "jeroboam-machine-" + chassis.config.name());
        thread.setDaemon(true);
        thread.setContextClassLoader(LocalMachine.class.getClassLoader());
        chassis.runsOn(thread, this::wake);
        thread.start();
    }

    // ---- any thread

    @Override
    public CompletableFuture<MachineReply> execute(MachineCommand command) {
        if (command instanceof MachineCommand.Consumed consumed) {
            return CompletableFuture.completedFuture(consumed(consumed));
        }
        CompletableFuture<MachineReply> future = new CompletableFuture<>();
        post(() -> chassis.outlet.reply(future, carryOut(command)));
        if (ended) {
            // Whoever posts after the end finds nobody to take it.
            future.complete(new MachineReply.Refused("machine " + chassis.config.name() + " is closed", false));
        }
        return future;
    }

    /** Bytes were passed on: no command of its own, so that a machine that waits for just this needs none. */
    private MachineReply consumed(MachineCommand.Consumed command) {
        Motherboard board = chassis.board;
        if (board != null) {
            CharacterChannel channel = board.connectedChannel(command.port());
            if (channel == null) {
                return new MachineReply.Refused(notConnected(command.port()), false);
            }
            if (channel.consumed(command.count())) {
                LockSupport.unpark(thread);
            }
        }
        return done();
    }

    private String notConnected(String port) {
        return "machine " + chassis.config.name() + " has no connected port '" + port + "'; it has: "
                + String.join(", ", chassis.config.characterPorts());
    }

    /** Forgets parts whose services went while the machine was being made. */
    void dropDeparted() {
        post(exchange::dropDeparted);
    }

    private void post(Runnable job) {
        queue.add(job);
        Motherboard board = chassis.board;
        if (board != null) {
            board.processor().requestExit();
        }
        LockSupport.unpark(thread);
    }

    /** For I/O threads: guest code need not stop, a parked machine must. */
    private void wake() {
        Motherboard board = chassis.board;
        if (board != null && !board.clock().deterministic()) {
            board.processor().requestExit();
        }
        LockSupport.unpark(thread);
    }

    @Override
    public void arrived(Offer<?> offer) {
        post(() -> {
            if (chassis.is(MachineState.WAITING_FOR_PART)) {
                exchange.resolve();
            }
        });
    }

    @Override
    public void departing(Offer<?> offer) {
        if (Thread.currentThread() == thread) {
            exchange.departing(offer);
            return;
        }
        CountDownLatch done = new CountDownLatch(1);
        post(() -> {
            try {
                exchange.departing(offer);
            } finally {
                done.countDown();
            }
        });
        if (ended) {
            return;
        }
        try {
            if (!done.await(DEPARTURE_SECONDS, TimeUnit.SECONDS)) {
                LOG.error(
                        "machine {} does not let go of {} {}", chassis.config.name(), offer.bundle(), offer.version());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closing = true;
        post(() -> {});
        runner.interruptWait();
        boolean interrupted = false;
        while (thread.isAlive() && Thread.currentThread() != thread) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        chassis.outlet.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    // ---- the machine thread

    private void live() {
        long offSince = System.nanoTime();
        while (!closing) {
            try {
                Runnable job = queue.poll();
                if (job != null) {
                    job.run();
                } else if (chassis.is(MachineState.RUNNING)) {
                    runner.turn(Long.MAX_VALUE);
                } else {
                    rest(offSince);
                }
                if (chassis.board != null) {
                    offSince = System.nanoTime();
                    obeySignals();
                }
            } catch (RuntimeException | Error e) {
                fault(e);
            }
        }
        end();
    }

    private void rest(long offSince) {
        runner.endSlice();
        if (chassis.board != null) {
            runner.flush(chassis.board, true);
        }
        long left = Long.MAX_VALUE;
        if (chassis.board == null && chassis.heldCpu != null) {
            left = KEEP_NANOS - (System.nanoTime() - offSince);
            if (left <= 0) {
                power.discard();
                return;
            }
        }
        if (queue.isEmpty() && !closing) {
            LockSupport.parkNanos(this, left);
        }
    }

    private void obeySignals() {
        Motherboard board = chassis.board;
        Signals signals = board.signals();
        String failed = signals.failedPart();
        Throwable failure = signals.takeFailure();
        if (failure != null) {
            exchange.partFailed(failed, failure);
            return;
        }
        if (!chassis.is(MachineState.RUNNING)) {
            return;
        }
        debugging.look();
        if (signals.powerOff()) {
            power.off(StopReason.POWERED_OFF_BY_GUEST, "");
            return;
        }
        ResetKind reset = signals.takeReset();
        if (reset == ResetKind.CPU_INIT) {
            power.initProcessor();
        } else if (reset != null && chassis.config.resetPowersOff()) {
            power.off(StopReason.RESET_BY_GUEST, "");
        } else if (reset != null) {
            power.hardReset();
        } else if (runner.takeShutdown()) {
            if (chassis.config.resetPowersOff()) {
                cannotGoOn("the processor shut down after a triple fault");
            } else {
                power.hardReset();
            }
        } else if (runner.takeStuck()) {
            cannotGoOn("the processor halted with interrupts off");
        }
    }

    private void cannotGoOn(String what) {
        CpuState cpu = chassis.board.processor().core().save();
        String detail = String.format("%s at CS:EIP %04X:%08X", what, cpu.segments[CpuState.CS].selector(), cpu.eip);
        runner.endSlice();
        chassis.enter(MachineState.PAUSED, detail);
        chassis.stopped(StopReason.CANNOT_GO_ON, detail);
    }

    private void fault(Throwable thrown) {
        LOG.error("machine {} has a fault", chassis.config.name(), thrown);
        String detail = "a fault of the machine itself: " + Refusal.text(thrown);
        try {
            power.off(StopReason.FAULT, detail);
        } catch (RuntimeException | Error e) {
            LOG.error("machine {} cannot be taken apart", chassis.config.name(), e);
            chassis.board = null;
            chassis.enter(MachineState.OFF, detail);
            chassis.stopped(StopReason.FAULT, detail);
        }
    }

    private void end() {
        try {
            power.off(StopReason.TURNED_OFF, "");
            chassis.drives.close();
            chassis.ram.close();
        } catch (RuntimeException | Error e) {
            LOG.error("machine {} cannot be closed cleanly", chassis.config.name(), e);
        }
        chassis.enter(MachineState.CLOSED, "");
        closed.run();
        ended = true;
        for (Runnable job = queue.poll(); job != null; job = queue.poll()) {
            job.run();
        }
    }

    private MachineReply carryOut(MachineCommand command) {
        if (chassis.is(MachineState.CLOSED)) {
            return new MachineReply.Refused("machine " + chassis.config.name() + " is closed", false);
        }
        try {
            return obey(command);
        } catch (Refusal e) {
            if (e.isFault()) {
                LOG.error("machine {}: {}", chassis.config.name(), e.getMessage(), e);
            }
            return new MachineReply.Refused(e.getMessage(), e.isFault());
        } catch (RuntimeException | Error e) {
            LOG.error("machine {}: {} failed", chassis.config.name(), command, e);
            return new MachineReply.Refused(
                    "machine " + chassis.config.name() + ": the command failed: " + Refusal.text(e), true);
        }
    }

    private MachineReply obey(MachineCommand command) throws Refusal {
        return switch (command) {
            case MachineCommand.PowerOn c -> {
                need("be powered on", MachineState.OFF);
                power.on();
                if (c.paused() && chassis.is(MachineState.RUNNING)) {
                    chassis.enter(MachineState.PAUSED, "");
                }
                yield done();
            }
            case MachineCommand.PowerOff c -> {
                power.off(StopReason.TURNED_OFF, "");
                yield done();
            }
            case MachineCommand.PressPowerButton c -> {
                need("feel its power button", MachineState.RUNNING);
                PowerButton button = chassis.board.roles().powerButton();
                if (button == null) {
                    throw Refusal.of("machine " + chassis.config.name() + " has no power button");
                }
                button.press();
                yield done();
            }
            case MachineCommand.Pause c -> {
                if (chassis.is(MachineState.WAITING_FOR_PART)) {
                    chassis.resumeTo = MachineState.PAUSED;
                } else {
                    need("be paused", MachineState.RUNNING, MachineState.PAUSED);
                    runner.endSlice();
                    chassis.enter(MachineState.PAUSED, "");
                }
                yield done();
            }
            case MachineCommand.Resume c -> {
                resume();
                yield done();
            }
            case MachineCommand.Reset c -> {
                need("be reset", MachineState.RUNNING, MachineState.PAUSED);
                power.hardReset();
                yield done();
            }
            case MachineCommand.Save c -> {
                need("be saved", MachineState.RUNNING, MachineState.PAUSED);
                transfer.save(c.file());
                yield done();
            }
            case MachineCommand.Restore c -> {
                need("be restored", MachineState.OFF);
                transfer.restore(c.file());
                yield done();
            }
            case MachineCommand.Swap c -> new MachineReply.Swapped(exchange.swap(c.part(), c.version()));
            case MachineCommand.SwitchCore c -> new MachineReply.Swapped(exchange.switchCore(c.core(), null));
            case MachineCommand.GetStatus c -> inspector.status();
            case MachineCommand.GetParts c -> inspector.parts();
            case MachineCommand.GetRegisters c -> inspector.registers();
            case MachineCommand.GetHash c -> inspector.hash();
            case MachineCommand.Send c ->
                new MachineReply.Accepted(stream(c.port()).offer(c.data()));
            case MachineCommand.Consumed c -> consumed(c);
            case MachineCommand.InsertMedium c -> {
                need("take a medium", MachineState.RUNNING, MachineState.PAUSED);
                insert(c);
                yield done();
            }
            case MachineCommand.EjectMedium c -> {
                need("eject a medium", MachineState.RUNNING, MachineState.PAUSED);
                eject(c.drive());
                yield done();
            }
            case MachineCommand.GetScreen c -> screen(c.since());
            case MachineCommand.SetBreakpoints c -> {
                debugging.set(c.breakpoints());
                yield done();
            }
            case MachineCommand.Step c -> {
                need("execute one instruction", MachineState.PAUSED);
                debugging.step();
                yield done();
            }
            case MachineCommand.ReadMemory c -> new MachineReply.Memory(debugging.read(c.linear(), c.length()));
            case MachineCommand.WriteMemory c -> new MachineReply.Accepted(debugging.write(c.linear(), c.data()));
            case MachineCommand.GetProcessor c -> debugging.processor();
            case MachineCommand.SetProcessor c -> {
                need("take a state of the processor", MachineState.PAUSED);
                debugging.setProcessor(c.state());
                yield done();
            }
            case MachineCommand.Key c -> {
                need("take keys", MachineState.RUNNING);
                chassis.board.keyboard().key(c.scanCode(), c.down());
                yield done();
            }
            case MachineCommand.Pointer c -> {
                need("take pointer movements", MachineState.RUNNING);
                chassis.board.keyboard().pointer(c.dx(), c.dy(), c.wheel(), c.buttons());
                yield done();
            }
        };
    }

    private static MachineReply done() {
        return new MachineReply.Done();
    }

    private void resume() throws Refusal {
        if (chassis.is(MachineState.WAITING_FOR_PART)) {
            chassis.resumeTo = MachineState.RUNNING;
            exchange.resolve();
            if (!chassis.is(MachineState.RUNNING)) {
                throw Refusal.of("machine " + chassis.config.name() + " waits: " + chassis.reason());
            }
            return;
        }
        need("be resumed", MachineState.PAUSED, MachineState.RUNNING);
        runner.processorChanged(); // one that cannot go on is found out again
        chassis.enter(MachineState.RUNNING, "");
    }

    private MachineReply screen(long since) throws Refusal {
        if (chassis.board != null) {
            return chassis.board.screen().look(since);
        }
        if (chassis.lastScreen == null) {
            throw Refusal.of("machine " + chassis.config.name() + " is off and keeps nothing of its last run");
        }
        return chassis.lastScreen;
    }

    private void insert(MachineCommand.InsertMedium command) throws Refusal {
        try {
            chassis.drives.change(
                    command.drive(), StateTransfer.path(command.image()), command.format(), command.readOnly());
        } catch (ConfigurationException e) {
            throw Refusal.of(e.getMessage());
        }
    }

    private void eject(String drive) throws Refusal {
        try {
            chassis.drives.eject(drive);
        } catch (ConfigurationException e) {
            throw Refusal.of(e.getMessage());
        }
    }

    private CharacterChannel stream(String port) throws Refusal {
        need("pass bytes on", MachineState.RUNNING, MachineState.PAUSED, MachineState.WAITING_FOR_PART);
        if (!chassis.config.characterPorts().contains(port)) {
            throw Refusal.of(notConnected(port));
        }
        return chassis.board.channel(port);
    }

    private void need(String what, MachineState... states) throws Refusal {
        if (!chassis.is(states)) {
            throw Refusal.of("machine " + chassis.config.name() + " cannot " + what + " while it is "
                    + chassis.state().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
        }
    }
}
