/*
 * Runs a command and notes, for every line that a file or its standard output gets, how much processor time the command
 * (its threads and the processes below it) has used until then. Linux; a host program with the host's C library.
 *
 * The time is the kernel's task clock as perf_event_open(2) gives it, exact at the moment of reading. Who may not have that
 * (perf_event_paranoid) gets the process's clock, which moves with the kernel's ticks only: by some milliseconds.
 *
 * usage: stopwatch [-f FIFO] [-e TEXT] [-t SECONDS] COMMAND [ARGUMENT...]
 *   -f  make this FIFO and read the lines from it instead of from standard output
 *   -e  end the command when a line has this text in it, be the line complete or not
 *   -t  give up after so many seconds (default 900)
 *
 * Writes lines of
 *   NANOSECONDS of processor time, NANOSECONDS of wall clock since the start, TEXT of the line
 * and at last, with the processor time of all processes that have ended below the command,
 *   NANOSECONDS NANOSECONDS exit STATUS
 * Exit status: 0; 1 when the command could not be run, 3 when time was over.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;
static clockid_t child_clock;
static int counter = -1; /* the task clock, if it may be had */
static long long start;
static long long used; /* processor time when last read */

static long long now(clockid_t clock) {
    struct timespec t;
    return clock_gettime(clock, &t) == 0 ? t.tv_sec * 1000000000LL + t.tv_nsec : -1;
}

static void fail(const char *what) {
    fprintf(stderr, "stopwatch: %s: %s\n", what, strerror(errno));
    if (child > 0) {
        kill(child, SIGKILL);
    }
    exit(1);
}

static void end_on_signal(int signal) {
    (void)signal;
    kill(child, SIGKILL);
    _exit(1);
}

/* Counts what a process uses from now on, and what it starts. */
static int count_time(pid_t process) {
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_TASK_CLOCK;
    attributes.inherit = 1;
    return (int)syscall(SYS_perf_event_open, &attributes, process, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

static long long processor_time(void) {
    long long time;
    if (counter >= 0 && read(counter, &time, sizeof time) == sizeof time) {
        return time;
    }
    return now(child_clock);
}

static void run(char **command, const char *fifo, int output) {
    int ready[2];
    char byte = 0;
    if (pipe2(ready, O_CLOEXEC) != 0) {
        fail("pipe");
    }
    child = fork();
    if (child < 0) {
        fail("fork");
    }
    if (child == 0) {
        if (read(ready[0], &byte, 1) != 1) {
            _exit(127);
        }
        /* With the lines elsewhere, what the command says is shown as errors are. */
        dup2(fifo != NULL ? STDERR_FILENO : output, STDOUT_FILENO);
        execvp(command[0], command);
        fprintf(stderr, "stopwatch: %s: %s\n", command[0], strerror(errno));
        _exit(127);
    }
    /* Lines are looked at when they come, also on a busy host; without the right to that, a little later. */
    struct sched_param priority = {.sched_priority = 1};
    (void)sched_setscheduler(0, SCHED_FIFO, &priority);
    if (clock_getcpuclockid(child, &child_clock) != 0) {
        fail("the command's processor time cannot be read");
    }
    counter = count_time(child);
    if (write(ready[1], &byte, 1) != 1) {
        fail("pipe");
    }
}

/* Ends the command as a user would, after ten seconds by force. */
static void end_command(void) {
    kill(child, SIGTERM);
    for (int i = 0; i < 1000; i++) {
        siginfo_t info = {0};
        if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child) {
            return;
        }
        poll(NULL, 0, 10);
    }
    kill(child, SIGKILL);
}

static int has_ended(void) {
    siginfo_t info = {0};
    return waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child;
}

int main(int count, char **arguments) {
    const char *fifo = NULL;
    const char *end = NULL;
    long long limit = 900;
    int option;
    while ((option = getopt(count, arguments, "+f:e:t:")) != -1) {
        switch (option) {
            case 'f': fifo = optarg; break;
            case 'e': end = optarg; break;
            case 't': limit = atoll(optarg); break;
            default: return 1;
        }
    }
    if (optind >= count) {
        fputs("stopwatch: a command is missing\n", stderr);
        return 1;
    }
    int ends[2];
    if (fifo != NULL) {
        unlink(fifo);
        if (mkfifo(fifo, 0600) != 0 || (ends[0] = open(fifo, O_RDONLY | O_NONBLOCK | O_CLOEXEC)) < 0
            || (ends[1] = open(fifo, O_WRONLY | O_CLOEXEC)) < 0) {
            fail(fifo);
        }
    } else if (pipe2(ends, O_CLOEXEC) != 0) {
        fail("pipe");
    }
    struct sigaction action = {.sa_handler = end_on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);

    start = now(CLOCK_MONOTONIC);
    run(arguments + optind, fifo, ends[1]);

    static char line[65536];
    size_t length = 0;
    int over = 0;
    int ended = 0;
    while (!over) {
        struct pollfd wait = {.fd = ends[0], .events = POLLIN};
        int ready = poll(&wait, 1, 20);
        long long wall = now(CLOCK_MONOTONIC) - start;
        long long cpu = processor_time();
        used = cpu > used ? cpu : used; /* a process that has ended has none */
        char bytes[4096];
        ssize_t got = ready > 0 ? read(ends[0], bytes, sizeof bytes) : 0;
        for (ssize_t i = 0; i < got && !over; i++) {
            if (bytes[i] != '\n') {
                if (bytes[i] != '\r' && bytes[i] != 0 && length < sizeof line - 1) {
                    line[length++] = bytes[i];
                }
                continue;
            }
            line[length] = 0;
            printf("%lld %lld %s\n", used, wall, line);
            length = 0;
            over = end != NULL && strstr(line, end) != NULL;
        }
        line[length] = 0;
        if (!over && end != NULL && strstr(line, end) != NULL) {
            printf("%lld %lld %s\n", used, wall, line);
            over = 1;
        }
        if (got <= 0 && ended) {
            break;
        }
        ended = has_ended(); /* what it has written before is read once more */
        if (wall > limit * 1000000000LL) {
            fprintf(stderr, "stopwatch: not over after %lld seconds\n", limit);
            fflush(stdout);
            end_command();
            return 3;
        }
    }
    if (over) {
        end_command();
    }
    int status = 0;
    struct rusage usage = {0};
    if (wait4(child, &status, 0, &usage) != child) {
        fail("wait");
    }
    long long all = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000LL
        + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000LL;
    printf("%lld %lld exit %d\n", all, now(CLOCK_MONOTONIC) - start,
        WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
    if (fifo != NULL) {
        unlink(fifo);
    }
    return 0;
}
