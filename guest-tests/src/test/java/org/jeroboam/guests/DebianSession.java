package org.jeroboam.guests;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jeroboam.management.VirtualMachine;
import org.jeroboam.management.extension.MachineExtension.Outcome;

/** The demo disk's shell on the serial console, one command at a time. */
final class DebianSession implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String PROMPT = "root@jeroboam:/root# ";

    private final VirtualMachine machine;
    private final Dialogue dialogue;

    /** @param machine switched on */
    DebianSession(VirtualMachine machine) throws Exception {
        this.machine = machine;
        dialogue = new Dialogue(machine);
    }

    /** Waits for the prompt of a boot. */
    void awaitBoot() throws InterruptedException {
        await(PROMPT);
        type("stty -echo");
        await("stty -echo");
        await(PROMPT);
    }

    /** Waits for what the guest says by itself. */
    void await(String text) throws InterruptedException {
        dialogue.await(text, PATIENCE);
    }

    /** Runs a command and answers what it says, without the last line's end. */
    String run(String command) throws InterruptedException {
        type(command);
        return dialogue.await(PROMPT, PATIENCE).replace("\r", "").stripTrailing();
    }

    /** Starts a command that says "ready" when it waits for something. */
    void begin(String command) throws InterruptedException {
        type(command);
        await("ready\r\n");
    }

    /** What a command that was begun has said since it was ready. */
    String end() throws InterruptedException {
        return dialogue.await(PROMPT, PATIENCE).replace("\r", "").stripTrailing();
    }

    void type(String line) throws InterruptedException {
        dialogue.type(line);
    }

    /** Waits until the guest has switched the power off. */
    void awaitPowerOff() throws Exception {
        Outcome outcome = machine.extension().outcome().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        assertEquals(Outcome.Kind.POWERED_OFF, outcome.kind(), outcome::toString);
    }

    /** All that the guest said. */
    String transcript() {
        return dialogue.transcript();
    }

    @Override
    public void close() {
        dialogue.close();
    }
}
