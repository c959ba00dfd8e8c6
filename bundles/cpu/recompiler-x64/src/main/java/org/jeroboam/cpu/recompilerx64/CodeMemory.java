package org.jeroboam.cpu.recompilerx64;

/**
 * Memory for generated code. The same pages are seen at two places: one can be written, the other executed, no place both
 * (W^X). Pages without access lie before, between and behind, so that a run over an end stops the process instead of
 * harming it. What was written at {@link #writableBase()} {@code + n} is executed at {@link #executableBase()}
 * {@code + n}; on x86 no further step is needed after a jump there. Not thread-safe; no address may be used after
 * {@link #close()}.
 */
final class CodeMemory implements AutoCloseable {
    /** The name in {@code /proc/self/maps}. */
    static final String NAME = "jeroboam-code";

    private static final long PAGE = 4096;
    /** More than any code that is worth keeping; keeps the sums of addresses below far from overflow. */
    private static final long MOST = 1L << 40;

    private final long reserved;
    private final long size;
    private boolean closed;

    private CodeMemory(long reserved, long size) {
        this.reserved = reserved;
        this.size = size;
    }

    /**
     * Takes memory, zero-filled; a page costs nothing until it is touched.
     *
     * @param bytes 1 or more, rounded up to whole pages
     * @return the memory
     * @throws CodeMemoryException when the host refuses; nothing is left behind then
     */
    static CodeMemory allocate(long bytes) {
        if (bytes < 1 || bytes > MOST) {
            throw new CodeMemoryException("code memory can have 1 to " + MOST + " bytes, not " + bytes);
        }
        long size = bytes + PAGE - 1 & -PAGE;
        int flags = HostCalls.MAP_PRIVATE | HostCalls.MAP_ANONYMOUS | HostCalls.MAP_NORESERVE;
        long reserved = HostCalls.map(
                (2 * size + 3 * PAGE >> 20) + " MiB of address space for code",
                0,
                2 * size + 3 * PAGE,
                HostCalls.PROT_NONE,
                flags,
                -1);
        CodeMemory memory = new CodeMemory(reserved, size);
        try {
            memory.mapBoth();
        } catch (CodeMemoryException e) {
            memory.close();
            throw e;
        }
        return memory;
    }

    /** The file stays as long as its mappings, so its descriptor is not needed afterwards. */
    private void mapBoth() {
        int file = HostCalls.memoryFile(NAME);
        try {
            HostCalls.setLength(file, size);
            view("a writable view of code", writableBase(), HostCalls.PROT_READ | HostCalls.PROT_WRITE, file);
            view("an executable view of code", executableBase(), HostCalls.PROT_READ | HostCalls.PROT_EXEC, file);
        } finally {
            HostCalls.close(file);
        }
    }

    private void view(String what, long address, int protection, int file) {
        HostCalls.map(what, address, size, protection, HostCalls.MAP_SHARED | HostCalls.MAP_FIXED, file);
    }

    /** Host address of the first byte for writing (and reading). */
    long writableBase() {
        return reserved + PAGE;
    }

    /** Host address of the first byte for executing (and reading). */
    long executableBase() {
        return reserved + size + 2 * PAGE;
    }

    /** Bytes, a multiple of 4096. */
    long size() {
        return size;
    }

    /** Gives the memory back. Nothing may run in it. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            HostCalls.unmap(reserved, 2 * size + 3 * PAGE);
        }
    }
}
