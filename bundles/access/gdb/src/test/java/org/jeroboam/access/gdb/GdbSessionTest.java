package org.jeroboam.access.gdb;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jeroboam.management.ManagementException;
import org.jeroboam.management.extension.MachineDebugger;
import org.junit.jupiter.api.Test;

class GdbSessionTest {
    /** A machine of 64 KiB whose pages from 8000h are not present. */
    private static final class FakeDebugger implements MachineDebugger {
        final byte[] memory = new byte[0x8000];
        final List<String> calls = new ArrayList<>();
        ProcessorRegisters registers = new ProcessorRegisters(
                new int[] {1, 2, 3, 4, 5, 6, 7, 8},
                0xFFF0,
                2,
                new int[] {0x10, 0xF000, 0x20, 0x30, 0x40, 0x50},
                new int[] {0x100, 0xFFFF_0000, 0x200, 0x300, 0x400, 0x500},
                new int[] {0x6000_0010, 0, 0x1000, 0},
                new byte[512]);

        @Override
        public ProcessorRegisters registers() {
            return registers;
        }

        @Override
        public void setRegisters(ProcessorRegisters changed) throws ManagementException {
            if (changed.selectors()[3] == 0xBAD) {
                throw ManagementException.badRequest(
                        "DS cannot be loaded: selector badh is beyond the descriptor table");
            }
            registers = changed;
        }

        @Override
        public byte[] readMemory(int linear, int length) {
            int end = Math.clamp((long) linear + length, 0, memory.length);
            return linear < 0 || linear > end ? new byte[0] : Arrays.copyOfRange(memory, linear, end);
        }

        @Override
        public int writeMemory(int linear, byte[] data) {
            int count = linear < 0 ? 0 : Math.clamp(memory.length - linear, 0, data.length);
            System.arraycopy(data, 0, memory, count == 0 ? 0 : linear, count);
            return count;
        }

        @Override
        public void setBreakpoints(List<DebugBreakpoint> breakpoints) {
            calls.add(breakpoints.toString());
        }

        @Override
        public void step() {
            calls.add("step");
        }

        @Override
        public void resume() {
            calls.add("resume");
        }

        @Override
        public void interrupt() throws ManagementException {
            calls.add("interrupt");
        }

        @Override
        public void close() {
            calls.add("close");
        }
    }

    private final FakeDebugger debugger = new FakeDebugger();

    private static String packet(String data) {
        int sum = 0;
        for (int i = 0; i < data.length(); i++) {
            sum += data.charAt(i);
        }
        return "$" + data + "#" + Hex.of(sum & 0xFF, 1);
    }

    private String raw(String input) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        GdbSession session = new GdbSession(
                new PacketChannel(new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), out));
        session.serve(debugger);
        return out.toString(StandardCharsets.ISO_8859_1);
    }

    private void assertReply(String expected, String request) throws IOException {
        assertEquals("+" + packet(expected), raw(packet(request)), request);
    }

    @Test
    void packetsAreCheckedAndAcknowledged() throws IOException {
        assertEquals("-", raw("$?#00"));
        assertEquals("+" + packet("T05thread:1;"), raw("++-noise" + packet("?")));
        assertEquals("+" + packet("OK") + packet("QC1"), raw(packet("QStartNoAckMode") + packet("qC")));
    }

    @Test
    void registersHaveGdbsOrderAndTheProgramCounterIsLinear() throws IOException {
        String all = raw(packet("g"));
        assertTrue(all.startsWith("+$0100000002000000"), all);
        assertReply("f0ffffff", "p8");
        assertReply("00f00000", "pa");
        assertReply("20000000", "pb");
        assertReply("10000060", "p29");
        assertReply("E16", "p33");
        assertReply("OK", "P8=00000100");
        assertEquals(0x0002_0000, debugger.registers.eip());
        assertReply("OK", "P0=78563412");
        assertEquals(0x1234_5678, debugger.registers.general()[0]);
        assertReply("OK", "Pc=08000000"); // DS
        assertArrayEquals(new int[] {0x10, 0xF000, 0x20, 8, 0x40, 0x50}, debugger.registers.selectors());
        assertReply("08000000", "pc");
        assertReply("E16", "Pc=08000100"); // 17 bits
        assertReply("E16", "P2d=00000000"); // a base
        assertReply("OK", "Pa=00f00000");
        assertReply("E16", "P0=12");
    }

    @Test
    void aRefusalIsShown() throws IOException {
        assertReply("E.DS cannot be loaded: selector badh is beyond the descriptor table", "Pc=ad0b0000");
        assertReply("30000000", "pc");
    }

    @Test
    void allRegistersWrittenBackChangeNothing() throws IOException {
        String all = raw(packet("g"));
        String values = all.substring(2, all.length() - 3);
        assertReply("OK", "G" + values);
        assertEquals(0xFFF0, debugger.registers.eip());
        assertReply(values, "g");
    }

    @Test
    void x87TagsAreThoseOfTheFullWord() throws IOException {
        byte[] image = debugger.registers.fxsave();
        image[3] = 6 << 3; // TOP = 6
        image[4] = (byte) 0xC0; // physical 6 and 7 in use
        image[32 + 7] = (byte) 0x80; // ST0 = 1
        image[32 + 8] = (byte) 0xFF;
        image[32 + 9] = 0x3F;
        assertReply("ff4f0000", "p1a"); // 7 zero, 6 valid, the rest empty
    }

    @Test
    void memoryIsReadAndWritten() throws IOException {
        assertReply("OK", "M100,3:010203");
        assertReply("0102030000", "m100,5");
        assertReply("OK", "X200,2:a}\003"); // an escaped #
        assertEquals('a', debugger.memory[0x200]);
        assertEquals('#', debugger.memory[0x201]);
        assertReply("0000", "m7ffe,10");
        assertReply("E05", "m8000,4");
        assertReply("E05", "M7fff,2:0102");
        assertReply("E16", "M100,3:01");
    }

    @Test
    void breakpointsAreKeptTogether() throws IOException {
        String replies = raw(packet("Z0,1000,1") + packet("Z2,2000,4") + packet("z0,1000,1") + packet("Z5,0,1"));
        assertEquals(("+" + packet("OK")).repeat(3) + "+" + packet(""), replies);
        assertEquals(3, debugger.calls.size());
        assertTrue(debugger.calls.get(2).contains("WRITE")
                && !debugger.calls.get(2).contains("EXECUTE"));
    }

    @Test
    void runningAndStopping() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        GdbSession session = new GdbSession(new PacketChannel(
                new ByteArrayInputStream(
                        (packet("vCont;s:1") + packet("c") + "\003").getBytes(StandardCharsets.US_ASCII)),
                out));
        session.stopped(new MachineDebugger.Stop.Paused());
        session.serve(debugger);
        assertEquals(List.of("step", "resume", "interrupt"), debugger.calls);
        session.stopped(new MachineDebugger.Stop.AtBreakpoint(
                new MachineDebugger.DebugBreakpoint(MachineDebugger.DebugBreakpoint.Kind.WRITE, 0x2000, 4)));
        session.stopped(new MachineDebugger.Stop.Paused());
        assertEquals(
                "+" + packet("T05thread:1;") + "+" + packet("T05watch:2000;thread:1;"),
                out.toString(StandardCharsets.ISO_8859_1));
    }

    @Test
    void garbageIsRefused() throws IOException {
        Random random = new Random(1);
        String letters = "gGpPmMXZzcsHTDkvqQ?0123456789abcdef,:;=}";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(letters.charAt(random.nextInt(letters.length())));
            }
            raw(packet(text.toString().replace("}", "}x")) + packet("?"));
        }
    }
}
