package org.jeroboam.access.gdb;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.MachineDebugger;
import org.jeroboam.management.extension.MachineDebugger.DebugBreakpoint;
import org.jeroboam.management.extension.MachineDebugger.DebugBreakpoint.Kind;
import org.jeroboam.management.extension.MachineDebugger.Stop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One GDB at a machine: packets to calls of its debugger ("Debugging with GDB", appendix Remote Serial Protocol, Packets).
 * The machine is one thread, number 1. Requests come on the connection's thread, stops on one of the server's.
 */
final class GdbSession implements MachineDebugger.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(GdbSession.class);
    private static final String OK = "OK";
    private static final String UNKNOWN = "";
    private static final String BAD_REQUEST = "E16";
    private static final String FAILED = "E05";
    private static final int LONGEST_READ = 0x4000;
    private static final String TRAP = "T05";

    private final PacketChannel channel;
    /** By GDB's packet, without the Z. */
    private final Map<String, DebugBreakpoint> breakpoints = new LinkedHashMap<>();

    private MachineDebugger debugger;
    private boolean ended;
    private volatile boolean running;

    GdbSession(PacketChannel channel) {
        this.channel = channel;
    }

    /** Serves until GDB leaves; the machine is stopped when this is called. */
    void serve(MachineDebugger machine) throws IOException {
        debugger = machine;
        for (String packet = channel.receive(); packet != null && !ended; packet = ended ? null : channel.receive()) {
            String reply = answer(packet);
            if (reply != null) {
                channel.send(reply);
            }
        }
    }

    /** The reply; null when it comes later, or never. */
    private String answer(String packet) {
        try {
            if (packet.equals(PacketChannel.INTERRUPT)) {
                debugger.interrupt();
                return null;
            }
            return packet.isEmpty() ? UNKNOWN : dispatch(packet.charAt(0), packet.substring(1));
        } catch (IllegalArgumentException e) {
            LOG.debug("GDB's request {} makes no sense", packet, e);
            return BAD_REQUEST;
        } catch (ManagementException e) {
            LOG.info("GDB's request {} was refused: {}", packet, e.getMessage());
            return "E." + e.getMessage(); // GDB shows it
        }
    }

    private String dispatch(char command, String rest) throws ManagementException {
        return switch (command) {
            case '?' -> TRAP + "thread:1;";
            case 'g' -> readRegisters();
            case 'G' -> writeRegisters(rest);
            case 'p' -> readRegister(Hex.number(rest));
            case 'P' -> writeRegister(rest);
            case 'm' -> readMemory(rest);
            case 'M' -> writeMemory(rest.substring(0, colon(rest)), Hex.bytes(rest.substring(colon(rest) + 1)));
            case 'X' ->
                writeMemory(
                        rest.substring(0, colon(rest)),
                        rest.substring(colon(rest) + 1).getBytes(StandardCharsets.ISO_8859_1));
            case 'Z' -> setBreakpoint(rest);
            case 'z' -> removeBreakpoint(rest);
            case 'c' -> resume(rest);
            case 's' -> step(rest);
            case 'H', 'T' -> OK;
            case 'D' -> {
                ended = true;
                yield OK;
            }
            case 'k' -> {
                ended = true;
                yield null;
            }
            case 'v' -> extended(rest);
            case 'q' -> query(rest);
            case 'Q' -> set(rest);
            default -> UNKNOWN;
        };
    }

    private static int colon(String text) {
        int at = text.indexOf(':');
        if (at < 0) {
            throw new IllegalArgumentException("no colon in " + text);
        }
        return at;
    }

    // ---- what GDB and we can do

    private String query(String rest) {
        String name = rest.split("[:,;]", 2)[0];
        return switch (name) {
            case "Supported" ->
                "PacketSize=8000;qXfer:features:read+;QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+";
            case "Xfer" -> features(rest);
            case "C" -> "QC1";
            case "fThreadInfo" -> "m1";
            case "sThreadInfo" -> "l";
            case "Attached" -> "1";
            default -> UNKNOWN;
        };
    }

    private static String features(String rest) {
        String prefix = "Xfer:features:read:target.xml:";
        if (!rest.startsWith(prefix)) {
            return UNKNOWN;
        }
        String[] range = rest.substring(prefix.length()).split(",", -1);
        int offset = Math.clamp(Hex.number(range[0]), 0, TargetDescription.XML.length());
        int end = Math.clamp((long) offset + Hex.number(range[1]), offset, TargetDescription.XML.length());
        return (end == TargetDescription.XML.length() ? "l" : "m") + TargetDescription.XML.substring(offset, end);
    }

    private String set(String rest) {
        if (rest.equals("StartNoAckMode")) {
            channel.stopAcknowledging();
            return OK;
        }
        return UNKNOWN;
    }

    private String extended(String rest) throws ManagementException {
        if (rest.equals("Cont?")) {
            return "vCont;c;C;s;S";
        }
        if (!rest.startsWith("Cont;")) {
            return UNKNOWN;
        }
        return rest.charAt(5) == 's' || rest.charAt(5) == 'S' ? step("") : resume("");
    }

    // ---- registers and memory

    private String readRegisters() throws ManagementException {
        RegisterFile file = new RegisterFile(debugger.registers());
        StringBuilder all = new StringBuilder();
        for (int number = 0; number < RegisterFile.COUNT; number++) {
            all.append(file.read(number));
        }
        return all.toString();
    }

    private String writeRegisters(String values) throws ManagementException {
        RegisterFile file = new RegisterFile(debugger.registers());
        int at = 0;
        for (int number = 0; number < RegisterFile.COUNT && at < values.length(); number++) {
            int end = Math.min(values.length(), at + 2 * RegisterFile.size(number));
            file.write(number, values.substring(at, end));
            at = end;
        }
        debugger.setRegisters(file.registers());
        return OK;
    }

    private String readRegister(int number) throws ManagementException {
        return number < 0 || number >= RegisterFile.COUNT
                ? BAD_REQUEST
                : new RegisterFile(debugger.registers()).read(number);
    }

    private String writeRegister(String rest) throws ManagementException {
        int equals = rest.indexOf('=');
        int number = equals < 0 ? -1 : Hex.number(rest.substring(0, equals));
        if (number < 0 || number >= RegisterFile.COUNT) {
            return BAD_REQUEST;
        }
        RegisterFile file = new RegisterFile(debugger.registers());
        file.write(number, rest.substring(equals + 1));
        debugger.setRegisters(file.registers());
        return OK;
    }

    private String readMemory(String range) throws ManagementException {
        String[] parts = pair(range);
        int length = Math.clamp(Hex.number(parts[1]) & 0xFFFF_FFFFL, 0, LONGEST_READ);
        byte[] bytes = debugger.readMemory(Hex.number(parts[0]), length);
        return bytes.length == 0 && length > 0 ? FAILED : Hex.of(bytes);
    }

    private String writeMemory(String range, byte[] data) throws ManagementException {
        String[] parts = pair(range);
        if (Hex.number(parts[1]) != data.length) {
            return BAD_REQUEST;
        }
        return debugger.writeMemory(Hex.number(parts[0]), data) == data.length ? OK : FAILED;
    }

    private static String[] pair(String text) {
        String[] parts = text.split(",", -1);
        if (parts.length < 2) {
            throw new IllegalArgumentException("no comma in " + text);
        }
        return parts;
    }

    // ---- breakpoints

    private String setBreakpoint(String text) throws ManagementException {
        String[] parts = text.split("[,;]", -1);
        if (parts.length < 3) {
            return BAD_REQUEST;
        }
        Kind kind =
                switch (parts[0]) {
                    case "0", "1" -> Kind.EXECUTE;
                    case "2" -> Kind.WRITE;
                    case "3" -> Kind.READ;
                    case "4" -> Kind.ACCESS;
                    default -> null;
                };
        if (kind == null) {
            return UNKNOWN;
        }
        int length = kind == Kind.EXECUTE ? 1 : Hex.number(parts[2]);
        DebugBreakpoint added = new DebugBreakpoint(kind, Hex.number(parts[1]), length);
        breakpoints.put(text, added);
        try {
            debugger.setBreakpoints(List.copyOf(breakpoints.values()));
        } catch (ManagementException e) {
            breakpoints.remove(text);
            throw e;
        }
        return OK;
    }

    private String removeBreakpoint(String text) throws ManagementException {
        if (breakpoints.remove(text) != null) {
            debugger.setBreakpoints(List.copyOf(breakpoints.values()));
        }
        return OK;
    }

    // ---- running

    private String resume(String address) throws ManagementException {
        if (!address.isEmpty()) {
            goTo(Hex.number(address));
        }
        running = true;
        debugger.resume();
        return null;
    }

    private String step(String address) throws ManagementException {
        if (!address.isEmpty()) {
            goTo(Hex.number(address));
        }
        debugger.step();
        return TRAP + "thread:1;";
    }

    private void goTo(int linear) throws ManagementException {
        RegisterFile file = new RegisterFile(debugger.registers());
        file.write(8, Hex.of(linear, 4));
        debugger.setRegisters(file.registers());
    }

    @Override
    public void stopped(Stop reason) {
        if (!running) {
            return; // GDB did not let it run, so it waits for nothing
        }
        running = false;
        try {
            channel.send(
                    switch (reason) {
                        case Stop.AtBreakpoint(DebugBreakpoint breakpoint) -> TRAP + cause(breakpoint) + "thread:1;";
                        case Stop.Paused() -> "T02thread:1;";
                        case Stop.TurnedOff() -> "W00";
                    });
        } catch (IOException e) {
            LOG.info("GDB is gone: {}", e.getMessage());
        }
    }

    private static String cause(DebugBreakpoint breakpoint) {
        String address = Integer.toHexString(breakpoint.linear());
        return switch (breakpoint.kind()) {
            case EXECUTE -> "swbreak:;";
            case WRITE -> "watch:" + address + ";";
            case READ -> "rwatch:" + address + ";";
            case ACCESS -> "awatch:" + address + ";";
        };
    }
}
