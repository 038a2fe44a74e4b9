#!/usr/bin/python3
"""Runs one command and prints as JSON what it took, as wait4 says: CPU seconds of the command and
of those of its children that it waited for, wall seconds, and peak memory.

    _measure.py CPU SECONDS MODE FOLDER -- COMMAND [ARGUMENT...]

CPU is the number of the processor to run on, or - for any. After SECONDS the command and what it
started are killed. MODE says where standard output goes: null to /dev/null, count through a pipe
that counts the bytes, keep into the answer. FOLDER is where the command runs. Peak memory is at
least this interpreter's, about 10 MiB, because the kernel carries the peak over exec.
"""

import json
import os
import signal
import sys
import tempfile
import time


def main(cpu, seconds, mode, folder, command):
    errors = tempfile.TemporaryFile()
    null = os.open(os.devnull, os.O_RDWR)
    source, target = os.pipe() if mode != "null" else (-1, null)
    child = -1
    late = False

    def kill(number, _frame):
        nonlocal late
        late = number == signal.SIGALRM
        if child > 0:
            try:
                os.killpg(child, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        if not late:
            if child > 0:
                os.waitpid(child, 0)
            sys.exit(130)

    # A signal between fork and the assignment of its answer would leave the child alone.
    stops = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM}
    signal.pthread_sigmask(signal.SIG_BLOCK, stops)
    for number in stops:
        signal.signal(number, kill)
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        try:
            os.setpgid(0, 0)
            for number in stops:
                signal.signal(number, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)
            if cpu != "-":
                os.sched_setaffinity(0, {int(cpu)})
            os.chdir(folder)
            os.dup2(null, 0)
            os.dup2(target, 1)
            os.dup2(errors.fileno(), 2)
            os.execvp(command[0], command)
        except OSError as error:
            os.write(2, f"{command[0]}: {error}\n".encode())
        os._exit(127)
    try:
        os.setpgid(child, child)
    except OSError:
        pass  # it runs already, and has done so itself
    signal.pthread_sigmask(signal.SIG_UNBLOCK, stops)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    count = 0
    kept = []
    if mode != "null":
        os.close(target)
        while True:
            part = os.read(source, 1 << 20)
            if not part:
                break
            count += len(part)
            if mode == "keep":
                kept.append(part)
    _, status, usage = os.wait4(child, 0)
    wall = time.monotonic() - started
    signal.setitimer(signal.ITIMER_REAL, 0)
    child = -1
    errors.seek(0, os.SEEK_END)
    errors.seek(max(0, errors.tell() - 2000))
    print(json.dumps({
        "code": os.waitstatus_to_exitcode(status),
        "late": late,
        "user": usage.ru_utime,
        "system": usage.ru_stime,
        "wall": wall,
        "peak": usage.ru_maxrss * 1024,
        "bytes": count,
        "output": b"".join(kept).decode(errors="replace"),
        "errors": errors.read().decode(errors="replace"),
    }))


if __name__ == "__main__":
    if len(sys.argv) < 7 or sys.argv[5] != "--":
        sys.exit(f"Usage: {sys.argv[0]} CPU SECONDS MODE FOLDER -- COMMAND [ARGUMENT...]")
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[6:])
