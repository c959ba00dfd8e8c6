package org.jeroboam.cpu.recompilerx64;

import static java.lang.foreign.ValueLayout.ADDRESS;
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

/** The calls to Linux that memory for code needs: memfd_create(2), ftruncate(2), mmap(2), munmap(2), close(2). */
final class HostCalls {
    static final int PROT_NONE = 0;
    static final int PROT_READ = 1;
    static final int PROT_WRITE = 2;
    static final int PROT_EXEC = 4;
    static final int MAP_SHARED = 1;
    static final int MAP_PRIVATE = 2;
    static final int MAP_FIXED = 0x10;
    static final int MAP_ANONYMOUS = 0x20;
    static final int MAP_NORESERVE = 0x4000;

    static final int EPERM = 1;
    static final int EINVAL = 22;

    private static final int MFD_CLOEXEC = 1;
    /** The file can never be run by execve; mapping it executable is another matter. Linux 6.3 and later. */
    private static final int MFD_NOEXEC_SEAL = 8;

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(PathElement.groupElement("errno"));
    private static final MethodHandle MEMFD_CREATE =
            link("memfd_create", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT));
    private static final MethodHandle FTRUNCATE =
            link("ftruncate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MMAP = link(
            "mmap", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle MUNMAP = link("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle CLOSE = link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT));

    private HostCalls() {}

    /**
     * Makes a file in memory that has no name.
     *
     * @return its descriptor, not inherited by other programs
     */
    static int memoryFile(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURE);
            MemorySegment text = arena.allocateFrom(name);
            // Hosts with the sysctl vm.memfd_noexec = 2 insist on the seal, kernels before 6.3 do not know it.
            int file = (int) MEMFD_CREATE.invokeExact(errno, text, MFD_CLOEXEC | MFD_NOEXEC_SEAL);
            if (file < 0 && (int) ERRNO.get(errno, 0L) == EINVAL) {
                file = (int) MEMFD_CREATE.invokeExact(errno, text, MFD_CLOEXEC);
            }
            if (file < 0) {
                throw refused("a file in memory", "memfd_create", errno);
            }
            return file;
        } catch (Throwable e) {
            throw passOn("memfd_create", e);
        }
    }

    static void setLength(int file, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURE);
            if ((int) FTRUNCATE.invokeExact(errno, file, bytes) != 0) {
                throw refused(bytes + " bytes in a file in memory", "ftruncate", errno);
            }
        } catch (Throwable e) {
            throw passOn("ftruncate", e);
        }
    }

    /**
     * Maps memory.
     *
     * @param what for the message of the exception
     * @param address where to, with {@link #MAP_FIXED}; else 0
     * @param file descriptor, or -1
     * @return where it is
     */
    static long map(String what, long address, long bytes, int protection, int flags, int file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURE);
            long mapped = (long) MMAP.invokeExact(errno, address, bytes, protection, flags, file, 0L);
            if (mapped == -1) {
                throw refused(what, "mmap", errno);
            }
            return mapped;
        } catch (Throwable e) {
            throw passOn("mmap", e);
        }
    }

    static void unmap(long address, long bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURE);
            if ((int) MUNMAP.invokeExact(errno, address, bytes) != 0) {
                throw refused("to take memory back", "munmap", errno);
            }
        } catch (Throwable e) {
            throw passOn("munmap", e);
        }
    }

    static void close(int file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = arena.allocate(CAPTURE);
            if ((int) CLOSE.invokeExact(errno, file) != 0) {
                throw refused("to close a file in memory", "close", errno);
            }
        } catch (Throwable e) {
            throw passOn("close", e);
        }
    }

    private static CodeMemoryException refused(String what, String function, MemorySegment errno) {
        return new CodeMemoryException(
                "the host refuses " + what + ": " + function + " says " + text((int) ERRNO.get(errno, 0L)));
    }

    private static RuntimeException passOn(String function, Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return e instanceof RuntimeException known
                ? known
                : new CodeMemoryException(function + " cannot be called: " + e, e);
    }

    /** Name and meaning of an error number of Linux, see errno(3). */
    static String text(int errno) {
        return switch (errno) {
            case EPERM -> "EPERM (not permitted; a seccomp filter may forbid it)";
            case 9 -> "EBADF (no such file)";
            case 11 -> "EAGAIN (too much memory is locked)";
            case 12 -> "ENOMEM (out of memory or address space)";
            case 13 -> "EACCES (permission denied; SELinux or vm.memfd_noexec may forbid it)";
            case EINVAL -> "EINVAL (not understood)";
            case 23 -> "ENFILE (too many open files on the host)";
            case 24 -> "EMFILE (too many open files in this process)";
            case 27 -> "EFBIG (too large)";
            case 28 -> "ENOSPC (no space left)";
            case 38 -> "ENOSYS (the kernel does not have it, or a seccomp filter hides it)";
            default -> "errno " + errno;
        };
    }

    private static MethodHandle link(String name, FunctionDescriptor type) {
        Linker linker = Linker.nativeLinker();
        MemorySegment function = linker.defaultLookup()
                .find(name)
                .orElseThrow(() -> new CodeMemoryException("the host's C library has no " + name));
        return linker.downcallHandle(function, type, Linker.Option.captureCallState("errno"));
    }
}
