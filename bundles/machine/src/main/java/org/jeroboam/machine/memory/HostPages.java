package org.jeroboam.machine.memory;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * Zero-filled pages straight from the kernel (mmap(2)), which costs nothing until a page is touched; an {@link Arena}
 * would touch them all. Pages without access lie before and behind, so that a run over an end stops the process instead
 * of harming it.
 */
final class HostPages {
    private static final int PROT_NONE = 0;
    private static final int PROT_READ_WRITE = 3;
    /** MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE of Linux. */
    private static final int FLAGS = 0x2 | 0x20 | 0x4000;

    private static final int MADV_DONTNEED = 4;
    private static final int MADV_NOHUGEPAGE = 15;
    private static final long GUARD = 4096;

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle MMAP = link(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = link("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle MPROTECT =
            link("mprotect", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));
    private static final MethodHandle MADVISE =
            link("madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT));

    private HostPages() {}

    /** Takes pages; {@code size} is a multiple of 4 KiB. */
    static long allocate(long size) {
        if (!System.getProperty("os.name").equals("Linux")) {
            throw new HostMemoryException("guest memory needs Linux; this host is " + System.getProperty("os.name"));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURE);
            long reserved = (long) MMAP.invokeExact(errno, 0L, size + 2 * GUARD, PROT_NONE, FLAGS, -1, 0L);
            if (reserved == -1) {
                throw new HostMemoryException("the host gives no " + (size >> 20) + " MiB of address space (errno "
                        + (int) ERRNO.get(errno, 0L) + " from mmap); raise its limit or use less memory");
            }
            long address = reserved + GUARD;
            int opened = (int) MPROTECT.invokeExact(errno, address, size, PROT_READ_WRITE);
            if (opened != 0) {
                int reason = (int) ERRNO.get(errno, 0L);
                free(address, size);
                throw new HostMemoryException("the host gives no " + (size >> 20) + " MiB of memory (errno " + reason
                        + " from mprotect); use less memory");
            }
            // Without huge pages a guest that touches little stays small; a kernel without them answers EINVAL.
            int ignored = (int) MADVISE.invokeExact(errno, address, size, MADV_NOHUGEPAGE);
            return ignored == Integer.MIN_VALUE ? 0 : address;
        } catch (HostMemoryException e) {
            throw e;
        } catch (Throwable e) {
            throw new HostMemoryException("calling mmap failed: " + e, e);
        }
    }

    /** Gives the content back to the host: the pages read as zeros again. */
    static void discard(long address, long size) {
        call(MADVISE, "madvise", address, size, MADV_DONTNEED);
    }

    /** Ends the pages; nobody may touch them any more. */
    static void free(long address, long size) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURE);
            int result = (int) MUNMAP.invokeExact(errno, address - GUARD, size + 2 * GUARD);
            check(result, "munmap", errno);
        } catch (HostMemoryException e) {
            throw e;
        } catch (Throwable e) {
            throw new HostMemoryException("calling munmap failed: " + e, e);
        }
    }

    private static void call(MethodHandle function, String name, long address, long size, int argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURE);
            int result = (int) function.invokeExact(errno, address, size, argument);
            check(result, name, errno);
        } catch (HostMemoryException e) {
            throw e;
        } catch (Throwable e) {
            throw new HostMemoryException("calling " + name + " failed: " + e, e);
        }
    }

    private static void check(int result, String name, MemorySegment errno) {
        if (result != 0) {
            throw new HostMemoryException(name + " failed with errno " + (int) ERRNO.get(errno, 0L));
        }
    }

    private static MethodHandle link(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(
                linker.defaultLookup().findOrThrow(name), type, Linker.Option.captureCallState("errno"));
    }
}
