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
import org.jeroboam.machine.board.AbandonedThread;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.board.Signals;
import org.jeroboam.machine.board.Tenure;
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
    private static final long JOIN_MILLIS = 20;

    private static final long KEEP_NANOS = 10_000_000_000L;

    private final Chassis chassis;
    private final GuestRunner runner;
    private final PartExchange exchange;
    private final PowerControl power;
    private final StateTransfer transfer;
    private final Inspector inspector;
    private final Debugging debugging;
    private final TakeOver takeOver;
    private final Queue<Job> queue = new ConcurrentLinkedQueue<>();
    private volatile Thread thread;
    /** What the machine thread is doing, so that a successor can go on. */
    private volatile Job current;

    private final Runnable closed;
    private volatile boolean closing;
    private volatile boolean ended;
    /** When there was a board last; machine thread. */
    private long offSince;

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
        takeOver = new TakeOver(chassis, runner, exchange, power);
        Tenure tenure = new Tenure();
        begin(tenure, () -> live(tenure));
    }

    /** Starts a machine thread. */
    private void begin(Tenure tenure, Runnable life) {
        Thread next = new Thread(life, "jeroboam-machine-" + chassis.config.name());
        next.setDaemon(true);
        next.setContextClassLoader(LocalMachine.class.getClassLoader());
        tenure.begin(next);
        thread = next;
        chassis.runsOn(tenure, this::wake);
        next.start();
    }

    // ---- any thread

    @Override
    public CompletableFuture<MachineReply> execute(MachineCommand command) {
        if (command instanceof MachineCommand.Consumed consumed) {
            return CompletableFuture.completedFuture(consumed(consumed));
        }
        CompletableFuture<MachineReply> future = new CompletableFuture<>();
        Job.Abandoned abandoned = why -> chassis.outlet.reply(future, new MachineReply.Refused(why, true));
        post(new Job(
                () -> chassis.outlet.reply(future, carryOut(command)),
                command,
                command instanceof MachineCommand.PowerOff ? null : abandoned));
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
        post(Job.repeatable(exchange::dropDeparted));
    }

    private void post(Job job) {
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
        post(Job.repeatable(() -> {
            if (chassis.is(MachineState.WAITING_FOR_PART)) {
                exchange.resolve();
            }
        }));
    }

    @Override
    public void departing(Offer<?> offer) {
        if (Thread.currentThread() == thread) {
            exchange.departing(offer);
            return;
        }
        CountDownLatch done = new CountDownLatch(1);
        post(Job.repeatable(() -> {
            try {
                exchange.departing(offer);
            } catch (RuntimeException | Error e) {
                AbandonedThread.pass(e); // the successor does it
                done.countDown();
                throw e;
            }
            done.countDown();
        }));
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
        post(Job.repeatable(() -> {}));
        runner.interruptWait();
        boolean interrupted = false;
        while ((!ended || thread.isAlive()) && Thread.currentThread() != thread) {
            try {
                thread.join(JOIN_MILLIS); // another one may be the machine thread then
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

    private void live(Tenure tenure) {
        offSince = System.nanoTime();
        while (!closing && tenure.mine()) {
            guard(tenure, this::act);
        }
        if (tenure.mine()) {
            guard(tenure, this::end);
        }
        if (tenure.abandoned()) {
            leave(tenure);
        }
    }

    /** Does something that may be ended by a fault, or by the discovery that the machine goes on without this thread. */
    private void guard(Tenure tenure, Runnable action) {
        try {
            try {
                action.run();
            } catch (RuntimeException | Error e) {
                AbandonedThread.pass(e);
                if (tenure.mine()) {
                    fault(e);
                } else {
                    LOG.error("machine {}: an abandoned thread ends", chassis.config.name(), e);
                }
            }
        } catch (AbandonedThread e) {
            LOG.warn("machine {}: the thread that a part had held has come back and ends", chassis.config.name());
        }
    }

    /** An abandoned thread frees what it was inside of. */
    private void leave(Tenure tenure) {
        for (Runnable action : tenure.last()) {
            try {
                action.run();
            } catch (RuntimeException | Error e) {
                LOG.error("machine {}: what hung cannot be freed", chassis.config.name(), e);
            }
        }
    }

    /** The machine goes on with another thread; the watchdog's. */
    void takeOver(Hang hang, Tenure gone) {
        Job interrupted = current;
        Tenure next = new Tenure();
        begin(next, () -> {
            guard(next, () -> recover(hang, gone, interrupted));
            live(next);
        });
    }

    private void recover(Hang hang, Tenure gone, Job interrupted) {
        String outcome = takeOver.recover(hang, gone, interrupted != null && interrupted.starts());
        current = null;
        if (interrupted != null && interrupted.abandoned() != null) {
            interrupted.abandoned().told(outcome);
        } else if (interrupted != null) {
            run(interrupted);
        }
    }

    private void run(Job job) {
        current = job;
        job.action().run();
        current = null;
    }

    /** Whose time it is. */
    Tenure tenure() {
        return chassis.tenure();
    }

    /** The board, or null. */
    Motherboard board() {
        return chassis.board;
    }

    /** Asks the processor to come back; any thread. */
    void requestExit() {
        Motherboard board = chassis.board;
        if (board != null) {
            board.processor().requestExit();
        }
    }

    @Override
    public String toString() {
        return chassis.config.name();
    }

    /** A job or a turn. A method of its own: called often, it is compiled, which the loop around it hardly ever is. */
    private void act() {
        Job job = queue.poll();
        if (job != null) {
            run(job);
        } else if (chassis.is(MachineState.RUNNING)) {
            runner.turn(Long.MAX_VALUE);
        } else {
            rest();
        }
        if (chassis.board != null) {
            offSince = System.nanoTime();
            obeySignals();
        }
    }

    private void rest() {
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
            AbandonedThread.pass(e);
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
            if (chassis.haunted()) {
                LOG.error(
                        "machine {}: a core that hangs may still write to its memory, which stays",
                        chassis.config.name());
            } else {
                chassis.ram.close();
            }
        } catch (RuntimeException | Error e) {
            AbandonedThread.pass(e);
            LOG.error("machine {} cannot be closed cleanly", chassis.config.name(), e);
        }
        chassis.enter(MachineState.CLOSED, "");
        closed.run();
        ended = true;
        for (Job job = queue.poll(); job != null; job = queue.poll()) {
            job.action().run();
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
            AbandonedThread.pass(e);
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
                input(button::press);
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
                need("be saved", MachineState.RUNNING, MachineState.PAUSED, MachineState.WAITING_FOR_PART);
                transfer.save(c.file());
                yield done();
            }
            case MachineCommand.Restore c -> {
                need("be restored", MachineState.OFF);
                transfer.restore(c.file());
                yield done();
            }
            case MachineCommand.Swap c -> exchange.swap(c.part(), c.to());
            case MachineCommand.SwitchCore c -> exchange.switchCore(c.core());
            case MachineCommand.GetStatus c -> inspector.status();
            case MachineCommand.GetParts c -> inspector.parts();
            case MachineCommand.GetTargets c -> new MachineReply.Targets(exchange.targets(c.part()));
            case MachineCommand.GetRegisters c -> inspector.registers();
            case MachineCommand.GetHash c -> inspector.hash();
            case MachineCommand.Send c -> accept(stream(c.port()), c.data());
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
                input(() -> chassis.board.keyboard().key(c.scanCode(), c.down()));
                yield done();
            }
            case MachineCommand.Pointer c -> {
                need("take pointer movements", MachineState.RUNNING);
                input(() -> chassis.board.keyboard().pointer(c.dx(), c.dy(), c.wheel(), c.buttons()));
                yield done();
            }
        };
    }

    private MachineReply accept(CharacterChannel stream, byte[] data) {
        return new MachineReply.Accepted(
                chassis.<Integer, RuntimeException>guarded(Tenure.BOARD, "take input", () -> stream.offer(data)));
    }

    /** Something for a device from outside. */
    private void input(Runnable event) {
        chassis.<Void, RuntimeException>guarded(Tenure.BOARD, "take input", () -> {
            event.run();
            return null;
        });
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
            return chassis.guarded(
                    Tenure.BOARD, "paint", () -> chassis.board.screen().look(since));
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
