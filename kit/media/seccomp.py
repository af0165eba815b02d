"""The system calls that a decoder may make, as a seccomp filter (libseccomp through pyseccomp).

Importing this file fails with RuntimeError where libseccomp.so.2 is not installed (Debian: libseccomp2).
"""

from __future__ import annotations

import errno

import pyseccomp

_PROT_EXEC = 4
_AT_EMPTY_PATH = 0x1000
_DESCRIPTOR_COMMANDS = (0, 1, 2, 3, 1030)  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC

# What a decoder needs once its libraries are loaded and its file is open. Opening anything is not among it, nor is
# making threads or processes, nor memory that can be executed.
_ALLOWED = """
    read pread64 readv preadv write pwrite64 writev pwritev lseek close dup ftruncate fstat
    brk munmap mremap madvise futex membarrier set_robust_list rseq restart_syscall
    rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack
    clock_gettime clock_getres clock_nanosleep nanosleep gettimeofday times getrusage
    getpid gettid getuid geteuid getgid getegid getppid uname sysinfo getcpu sched_getaffinity sched_yield
    getrandom ppoll exit exit_group
"""

# No decoder has an honest reason for these: the process dies. Everything else fails with EPERM.
_FATAL = "execve execveat ptrace process_vm_readv process_vm_writev socket connect bind io_uring_setup bpf"


def build() -> pyseccomp.SyscallFilter:
    """The filter. Built once; a process enters it for good with `.load()`. Other ABIs (x32, i386) are killed."""
    calls = pyseccomp.SyscallFilter(pyseccomp.ERRNO(errno.EPERM))
    for name in _ALLOWED.split():
        calls.add_rule(pyseccomp.ALLOW, name)
    for name in _FATAL.split():
        calls.add_rule(pyseccomp.KILL_PROCESS, name)
    for name in ("mmap", "mprotect"):
        calls.add_rule(pyseccomp.ALLOW, name, pyseccomp.Arg(2, pyseccomp.MASKED_EQ, _PROT_EXEC, 0))
    calls.add_rule(pyseccomp.ALLOW, "newfstatat", pyseccomp.Arg(3, pyseccomp.EQ, _AT_EMPTY_PATH))
    for command in _DESCRIPTOR_COMMANDS:
        calls.add_rule(pyseccomp.ALLOW, "fcntl", pyseccomp.Arg(1, pyseccomp.EQ, command))
    return calls
