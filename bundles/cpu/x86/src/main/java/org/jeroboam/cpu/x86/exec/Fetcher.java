package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.decode.CodeFetcher;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryMap;

/** Gives the decoder its bytes, either from given pages or from wherever CS:EIP leads, with the checks of a fetch. */
final class Fetcher implements CodeFetcher {
    /** The instruction goes on in the next page. */
    static final class PageEnd extends RuntimeException {
        PageEnd() {
            super(null, null, false, false);
        }
    }

    private final Cpu cpu;
    private final MemoryMap memory;
    private final PageEnd pageEnd = new PageEnd();

    private long host;
    private long nextHost;
    private int offset;
    private int eip;
    private int fetchedPage;
    private long physicalPage;

    Fetcher(Cpu cpu) {
        this.cpu = cpu;
        this.memory = cpu.bus.memory();
    }

    /** Reads from one page and throws {@link PageEnd} behind it. */
    void inPage(long pageHost, int firstOffset) {
        inPages(pageHost, firstOffset, 0);
    }

    /** Reads from a page and goes on in another one. */
    void inPages(long pageHost, int firstOffset, long nextPageHost) {
        host = pageHost;
        offset = firstOffset;
        nextHost = nextPageHost;
    }

    /** Reads at CS:EIP, byte by byte. */
    void anywhere(int firstEip) {
        host = 0;
        eip = firstEip;
        physicalPage = -1;
    }

    @Override
    public int fetchByte(int position) {
        if (host != 0) {
            int at = offset + position;
            if (at >= MemoryMap.PAGE_SIZE) {
                if (nextHost == 0) {
                    throw pageEnd;
                }
                return HostMemory.getByte(nextHost + at - MemoryMap.PAGE_SIZE);
            }
            return HostMemory.getByte(host + at);
        }
        int at = eip + position;
        if (Integer.compareUnsigned(at, cpu.limit[Cpu.CS]) > 0) {
            throw cpu.fault(GuestFault.GP, 0);
        }
        int linear = cpu.base[Cpu.CS] + at;
        if (physicalPage < 0 || fetchedPage != linear >>> 12) {
            physicalPage = cpu.mmu.translateFetch(linear) >>> 12;
            fetchedPage = linear >>> 12;
        }
        return memory.read((physicalPage << 12) + (linear & 0xFFF), 1);
    }
}
