package org.jeroboam.cpu.x86.exec;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The processor that the tests run on, by way of {@code src/test/tools/oracle.c}: a 32-bit program without libraries,
 * built when it is needed.
 */
final class HostProcessor implements AutoCloseable {
    private static final int WITH_FPU = 1;
    private static final int WITH_PATCH = 2;
    private static final int LINE = 64;
    private static final int FXSAVE = 512;

    /** There is no way to run 32-bit programs here. */
    static final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        UnavailableException(String message) {
            super(message);
        }
    }

    private final Path directory;
    private final Process process;
    private final OutputStream to;
    private final DataInputStream from;

    /**
     * Builds and starts the program.
     *
     * @throws UnavailableException when the compiler is missing or the host does not run 32-bit programs
     */
    HostProcessor() throws IOException, InterruptedException, UnavailableException {
        directory = Files.createTempDirectory("oracle");
        Path program = build();
        Process started;
        try {
            started = new ProcessBuilder(program.toString())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            close(directory);
            throw new UnavailableException("this host does not run 32-bit x86 programs: " + e.getMessage());
        }
        process = started;
        to = process.getOutputStream();
        from = new DataInputStream(new BufferedInputStream(process.getInputStream(), 1 << 16));
        setUp();
    }

    private Path build() throws IOException, InterruptedException, UnavailableException {
        Path program = directory.resolve("oracle");
        Path source = Path.of(System.getProperty("basedir", ""), "src", "test", "tools", "oracle.c");
        List<String> command = List.of(
                "gcc",
                "-m32",
                "-O2",
                "-ffreestanding",
                "-nostdlib",
                "-static",
                "-fno-pie",
                "-no-pie",
                "-fno-stack-protector",
                "-fno-tree-loop-distribute-patterns",
                "-Wl,-Ttext-segment=0x5B400000",
                "-o",
                program.toString(),
                source.toString());
        Process compiler;
        try {
            compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            close(directory);
            throw new UnavailableException("gcc is not installed: " + e.getMessage());
        }
        String output = new String(compiler.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        if (compiler.waitFor() != 0) {
            close(directory);
            throw new UnavailableException("gcc cannot make a 32-bit program: " + output);
        }
        return program;
    }

    private void setUp() throws IOException, UnavailableException {
        ByteBuffer message = buffer(8 + 16 * OracleLayout.LDT.size() + 12 * OracleLayout.REGIONS.size());
        message.putInt(OracleLayout.LDT.size());
        for (OracleLayout.Segment segment : OracleLayout.LDT) {
            message.putInt(segment.index())
                    .putInt(segment.base())
                    .putInt(segment.limit())
                    .putInt(segment.flags());
        }
        message.putInt(OracleLayout.REGIONS.size());
        for (OracleLayout.Region region : OracleLayout.REGIONS) {
            message.putInt(region.address()).putInt(region.bytes()).putInt(region.protection());
        }
        int failed;
        try {
            to.write(message.array());
            to.flush();
            failed = Integer.reverseBytes(from.readInt());
        } catch (IOException e) {
            close();
            throw new UnavailableException("this host does not run 32-bit x86 programs: " + e.getMessage());
        }
        if (failed != 0) {
            close();
            throw new UnavailableException("the kernel refuses item " + failed + " of segments and memory");
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Starts a batch; {@link #results} waits for its end. */
    void start(OracleBatch batch) throws IOException {
        ByteBuffer requests = buffer(batch.cases.size() * (68 + 40 + FXSAVE));
        for (OracleCase c : batch.cases) {
            put(requests, c);
        }
        ByteBuffer head = buffer(12);
        head.putInt(1).putInt(batch.cases.size()).putInt(requests.position());
        to.write(head.array());
        for (byte[] contents : batch.contents) {
            to.write(contents);
        }
        to.write(requests.array(), 0, requests.position());
        to.flush();
    }

    private static void put(ByteBuffer b, OracleCase c) {
        b.putInt(c.eip).putInt(c.eflags);
        for (int value : c.gpr) {
            b.putInt(value);
        }
        for (int selector : c.segments) {
            b.putShort((short) selector);
        }
        b.putInt((c.fxsave != null ? WITH_FPU : 0) | (c.patch != null ? WITH_PATCH : 0));
        if (c.patch != null) {
            b.putInt(c.patchAddress).putInt(c.patch.length).put(c.patch);
            b.position(b.position() + OracleCase.MAX_PATCH - c.patch.length);
        }
        if (c.fxsave != null) {
            b.put(c.fxsave);
        }
    }

    /** The results of the batch that was started, in its order. */
    List<OracleResult> results(int cases) throws IOException {
        ByteBuffer b;
        try {
            byte[] answer = new byte[Integer.reverseBytes(from.readInt())];
            from.readFully(answer);
            b = ByteBuffer.wrap(answer).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new IOException("the program on the host's processor ended: " + status(), e);
        }
        List<OracleResult> results = new ArrayList<>(cases);
        for (int i = 0; i < cases; i++) {
            results.add(result(b));
        }
        return results;
    }

    private String status() {
        try {
            return process.waitFor(1, TimeUnit.SECONDS) ? "status " + process.exitValue() : "but it still runs";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static OracleResult result(ByteBuffer b) {
        OracleResult r = new OracleResult();
        r.trap = b.getInt();
        r.error = b.getInt();
        r.cr2 = b.getInt();
        r.eip = b.getInt();
        r.eflags = b.getInt();
        for (int i = 0; i < 8; i++) {
            r.gpr[i] = b.getInt();
        }
        for (int i = 0; i < 6; i++) {
            r.segments[i] = b.getShort() & 0xFFFF;
        }
        boolean fpu = b.getShort() != 0;
        int lines = b.getShort() & 0xFFFF;
        if (fpu) {
            r.fxsave = new byte[FXSAVE];
            b.get(r.fxsave);
        }
        for (int i = 0; i < lines; i++) {
            int address = b.getInt();
            byte[] line = new byte[LINE];
            b.get(line);
            r.lines.put(address, line);
        }
        return r;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        close(directory);
    }

    private static void close(Path directory) throws IOException {
        Files.deleteIfExists(directory.resolve("oracle"));
        Files.deleteIfExists(directory);
    }
}
