package org.jeroboam.cpu.x86.exec;

import org.jeroboam.cpu.x86.decode.CodeFetcher;
import org.jeroboam.hardware.memory.HostMemory;
import org.jeroboam.hardware.memory.MemoryMap;

/** Gives the decoder its bytes, either from one page or from wherever CS:EIP leads, with the checks of a fetch. */
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
        host = pageHost;
        offset = firstOffset;
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
                throw pageEnd;
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
