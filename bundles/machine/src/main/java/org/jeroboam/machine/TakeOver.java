package org.jeroboam.machine;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jeroboam.hardware.board.ResetKind;
import org.jeroboam.hardware.cpu.CpuCore;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.device.Device;
import org.jeroboam.hardware.machine.MachineState;
import org.jeroboam.hardware.state.StateWriter;
import org.jeroboam.machine.board.Motherboard;
import org.jeroboam.machine.board.Tenure;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a new machine thread does before anything else: it takes what hangs out of the machine, with as much of its state
 * as can be had, so that the machine waits for a mended part as it does for one that threw. The part itself, and a core
 * that was running guest code, stay with the abandoned thread, which frees them if it ever ends.
 */
final class TakeOver {
    private static final Logger LOG = LoggerFactory.getLogger(TakeOver.class);

    private final Chassis chassis;
    private final GuestRunner runner;
    private final PartExchange exchange;
    private final PowerControl power;

    TakeOver(Chassis chassis, GuestRunner runner, PartExchange exchange, PowerControl power) {
        this.chassis = chassis;
        this.runner = runner;
        this.exchange = exchange;
        this.power = power;
    }

    /**
     * Clears up.
     *
     * @param hang what hangs
     * @param gone the thread that is abandoned
     * @param starting whether the machine was being powered on or restored, which is given up
     * @return one sentence for whoever waits for the interrupted command
     */
    String recover(Hang hang, Tenure gone, boolean starting) {
        String sentence = hang.sentence();
        Motherboard board = chassis.board;
        runner.threadChanged();
        if (board == null) {
            hungWhileOff(hang);
            return sentence;
        }
        board.processor().stopped();
        boolean running = chassis.is(MachineState.RUNNING);
        runner.endSlice();
        board.clock().stop();
        board.timers().repeat();
        board.offloads().repeat();
        chassis.hung.put(hang.part(), sentence);
        if (hang.inGuestCode()) {
            abandonCore(hang, gone);
        }
        Part part = chassis.part(hang.part());
        if (starting) {
            abandonDevice(part, gone);
            power.dismantle();
            power.discard();
            chassis.enter(MachineState.OFF, sentence);
            return sentence;
        }
        boolean resetting = chassis.resetting;
        chassis.resetting = false;
        String outcome = hang.outside()
                ? newcomer(hang, part, sentence)
                : part == null ? other(hang, sentence) : device(hang, part, gone, sentence);
        if (chassis.board != null) {
            if (resetting) {
                board.signals().requestReset(ResetKind.HARD);
            }
            if (running && chassis.is(MachineState.RUNNING)) {
                board.clock().start();
            }
        }
        return outcome;
    }

    private void hungWhileOff(Hang hang) {
        exchange.fail(chassis.making.get());
        Part part = chassis.part(hang.part());
        if (part != null) {
            part.drop();
        }
    }

    /** What was being made hangs; what it was to replace is there, or the place is still empty. */
    private String newcomer(Hang hang, Part part, String sentence) {
        Offer<?> newcomer = chassis.making.get();
        exchange.fail(newcomer);
        Chassis.Attempt attempt = chassis.attempt;
        chassis.attempt = null;
        if (attempt != null && attempt.part() == part) {
            part.hold(attempt.state());
            return exchange.giveUp(attempt, sentence);
        }
        SwapLog.Origin present = part != null
                ? new SwapLog.Origin(part.bundle(), part.version())
                : hang.part().equals(PartExchange.CPU) ? chassis.coreOrigin : chassis.firmwareOrigin;
        chassis.swaps.failed(hang.part(), present, SwapLog.Origin.of(newcomer), sentence);
        if (hang.part().equals(PartExchange.CPU)) {
            renewCore();
        }
        if (chassis.is(MachineState.WAITING_FOR_PART)) {
            exchange.resolve();
        }
        return sentence;
    }

    /** The newcomer may have listened to memory already: all leave, and the present core's factory makes another one. */
    private void renewCore() {
        Motherboard board = chassis.board;
        CpuCore present = board.processor().core();
        board.memory().dropListeners();
        if (present == null) {
            return;
        }
        Offer<CpuCoreFactory> offer = chassis.coreOffer;
        CpuState state = present.save();
        try {
            exchange.insertCore(offer, state);
        } catch (Refusal e) {
            LOG.error("machine {}: {}", chassis.config.name(), e.getMessage(), e);
            exchange.partFailed(PartExchange.CPU, e);
        }
    }

    // ---- the processor

    private void abandonCore(Hang hang, Tenure gone) {
        Motherboard board = chassis.board;
        CpuCore core = board.processor().core();
        Offer<CpuCoreFactory> offer = chassis.coreOffer;
        CpuState state = hang.part().equals(PartExchange.CPU) ? null : rescue("the processor", core::saveAtAccess);
        chassis.coreVacantSince = System.nanoTime();
        chassis.heldCpu = state;
        board.memory().dropListeners();
        board.processor().insert(null);
        if (state != null) {
            board.processor().setRetired(state.retired);
        }
        chassis.coreOffer = null;
        gone.atEnd(core::close);
        if (hang.part().equals(PartExchange.CPU)) {
            exchange.fail(offer);
            chassis.strays.add(gone.thread());
        }
        if (state != null) {
            try {
                exchange.insertCore(offer, state);
            } catch (Refusal e) {
                chassis.heldCpu = state;
                LOG.error("machine {}: {}", chassis.config.name(), e.getMessage(), e);
            }
        } else if (!hang.part().equals(PartExchange.CPU)) {
            LOG.error(
                    "machine {}: the core {} cannot say what it was doing; its state is lost",
                    chassis.config.name(),
                    offer.name());
            chassis.hung.merge(
                    hang.part(), " and the processor's state is lost with it; power off and on again", String::concat);
        }
    }

    private String other(Hang hang, String sentence) {
        String name = hang.part();
        if (name.equals(PartExchange.CPU)) {
            exchange.announceFailure(name, sentence);
            exchange.resolve();
            return sentence;
        }
        if (name.equals(PartExchange.FIRMWARE)) {
            chassis.bootPending = ResetKind.HARD;
            exchange.partFailed(name, new IllegalStateException(sentence));
            return sentence;
        }
        exchange.announceFailure(name, sentence);
        exchange.resolve();
        return sentence;
    }

    // ---- devices

    private String device(Hang hang, Part part, Tenure gone, String sentence) {
        Chassis.Attempt attempt = chassis.attempt;
        if (attempt != null && attempt.part() == part) {
            chassis.attempt = null;
            exchange.fail(part.offer());
            abandonDevice(part, gone);
            part.hold(attempt.state());
            return exchange.giveUp(attempt, sentence);
        }
        if (part.device() == null) {
            return sentence;
        }
        if (hang.step().equals("detach")) {
            abandonDevice(part, gone); // the power is being cut, which goes on
            return sentence;
        }
        byte[] state = hang.step().equals("save") ? null : saved(part);
        exchange.fail(part.offer());
        abandonDevice(part, gone);
        part.hold(state);
        if (state == null) {
            LOG.error("machine {}: the state of device {} is lost", chassis.config.name(), part.name());
        }
        exchange.announceFailure(part.name(), sentence);
        chassis.board.lines().release();
        exchange.resolve();
        return sentence;
    }

    private byte[] saved(Part part) {
        if (!GuestRunner.awaitIdle(part.scope(), chassis.limits.hostIo())) {
            return null;
        }
        Device device = part.device();
        return rescue("device " + part.name(), () -> {
            StateWriter out = new StateWriter();
            device.save(out);
            return PartCalls.checked(part, out.toBytes());
        });
    }

    /** The abandoned thread may still be in the device: it detaches it. */
    private void abandonDevice(Part part, Tenure gone) {
        if (part != null && part.device() != null) {
            gone.atEnd(part.device()::detach);
            if (part.scope() != null) {
                part.scope().revoke();
            }
            part.drop();
        }
    }

    /** Asks what hangs for something, on a thread that may be lost, too; null when there is no answer. */
    private <T> T rescue(String what, Callable<T> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread.ofPlatform()
                .daemon()
                .name("jeroboam-rescue-" + chassis.config.name())
                .start(() -> {
                    try {
                        answer.complete(question.call());
                    } catch (Exception | Error e) {
                        answer.completeExceptionally(e);
                    }
                });
        try {
            return answer.get(chassis.limits.call(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException | TimeoutException e) {
            LOG.error("machine {}: {} does not say what it was doing", chassis.config.name(), what, e);
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
