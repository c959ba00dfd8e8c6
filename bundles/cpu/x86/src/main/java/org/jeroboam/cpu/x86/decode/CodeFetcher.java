package org.jeroboam.cpu.x86.decode;

/** Where the decoder takes instruction bytes from. */
@FunctionalInterface
public interface CodeFetcher {

    /**
     * One byte of the instruction. The decoder asks in ascending order, each byte once, and never beyond offset 14, so
     * the caller knows which byte faulted. An unchecked exception of the caller's own (a page fault, a limit violation)
     * passes through the decoder unchanged.
     *
     * @param offset from the first byte of the instruction, 0 to 14
     * @return the byte; bits above the low 8 are ignored
     */
    int fetchByte(int offset);
}
