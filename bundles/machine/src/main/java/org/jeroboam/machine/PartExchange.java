package org.jeroboam.machine;

import java.util.List;
import org.jeroboam.hardware.cpu.CpuCoreFactory;
import org.jeroboam.hardware.cpu.CpuState;
import org.jeroboam.hardware.machine.MachineReply;
import org.jeroboam.machine.part.Offer;
import org.jeroboam.machine.part.Part;
import org.jeroboam.machine.part.Target;

/**
 * Chooses parts ({@link PartChoice}), replaces them while the machine runs ({@link StagedSwap}), and bridges the time in
 * which one is missing ({@link Vacancies}). Machine thread.
 */
final class PartExchange {
    static final String CPU = "cpu";
    static final String FIRMWARE = "firmware";
    /** The lock service as a part. */
    static final String LOCKS = "locks";

    private final PartChoice choice;
    private final PartCalls calls;
    private final CoreSocket socket;
    private final Vacancies vacancies;
    private final StagedSwap staged;

    PartExchange(Chassis chassis, GuestRunner runner) {
        choice = new PartChoice(chassis);
        calls = new PartCalls(chassis, runner);
        socket = new CoreSocket(chassis, runner);
        vacancies = new Vacancies(chassis, runner, choice, calls, socket);
        staged = new StagedSwap(chassis, runner, choice, calls, socket, vacancies);
    }

    /** Sets what boots the machine once missing firmware is there. */
    void onFirmware(Runnable action) {
        vacancies.onFirmware(action);
    }

    /** Makes all parts that are not made yet; the machine is off. */
    void choose() throws Refusal {
        choice.chooseAll();
    }

    /** Makes a core from the chosen factory and gives it a state. */
    void insertCore(CpuState state) throws Refusal {
        socket.insert(state);
    }

    /** Makes a core from a factory and gives it a state. */
    void insertCore(Offer<CpuCoreFactory> offer, CpuState state) throws Refusal {
        socket.insert(offer, state);
    }

    /** Takes the core out; its state stays. */
    void removeCore() {
        socket.remove();
    }

    /** Changes the core. */
    MachineReply.Swapped switchCore(String name) throws Refusal {
        return staged.core(choice.core(name, Target.ANY));
    }

    /** Replaces a part. */
    MachineReply.Swapped swap(String part, String to) throws Refusal {
        return staged.swap(part, to);
    }

    /** What a part can be replaced by. */
    List<String> targets(String part) {
        return staged.targets(part);
    }

    /** Attaches a part's new device. */
    void attach(Part part) throws Refusal {
        calls.attach(part);
    }

    /** Calls a device; what it throws becomes a refusal that names it. */
    void call(Part part, String step, PartCalls.Call call) throws Refusal {
        calls.call(part, step, call);
    }

    /** Detaches a device and takes its scope back. */
    void detach(Part part) {
        calls.detach(part);
    }

    /** What a device must remember. */
    byte[] save(Part part) throws Refusal {
        return calls.save(part);
    }

    /** Lets the guest run until these parts can be saved. */
    void quiesce(List<Part> parts) throws Refusal {
        calls.quiesce(parts);
    }

    /** Waits for all background work. */
    void awaitIdle() throws Refusal {
        calls.awaitIdle();
    }

    /** A part threw: its state is kept, and the machine waits for a mended one. */
    void partFailed(String name, Throwable thrown) {
        vacancies.partFailed(name, thrown);
    }

    /** Remembers what is not to be tried again of itself. */
    void fail(Offer<?> offer) {
        choice.fail(offer);
    }

    /** Tells that a part failed. */
    void announceFailure(String part, String message) {
        vacancies.announceFailure(part, message);
    }

    /** A replacement hung; answers one sentence. */
    String giveUp(Chassis.Attempt attempt, String sentence) {
        return staged.giveUp(attempt, sentence);
    }

    /** Lets go of services that are not in the catalog any more. */
    void dropDeparted() {
        vacancies.dropDeparted();
    }

    /** A service goes: nothing of it is used when this returns. */
    void departing(Offer<?> offer) {
        vacancies.departing(offer);
    }

    /** Looks whether all that was missing is there now. */
    void resolve() {
        vacancies.resolve();
    }
}
