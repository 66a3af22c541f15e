"""Look at a server's processes in ``/proc`` (Linux): memory, processor time, disk."""

import contextlib
import os
from pathlib import Path

PROC = Path("/proc")


def of_sessions(sessions: set[int]) -> list[int]:
    """The processes that were started by these leaders of sessions, and they themselves."""
    found = []
    for path in PROC.glob("[0-9]*"):
        fields = _after_name(path)
        if fields and int(fields[3]) in sessions:
            found.append(int(path.name))
    return found


def memory(processes: list[int], line: str = "VmRSS") -> float:
    """Resident memory of all of them in MiB; ``VmHWM`` is the highest since :func:`forget_peak`."""
    return sum(_kibibytes(process, line) for process in processes) / 1024


def forget_peak(processes: list[int]) -> None:
    """Let ``VmHWM`` begin anew."""
    for process in processes:
        with contextlib.suppress(OSError):
            (PROC / str(process) / "clear_refs").write_text("5")


def cpu(processes: list[int]) -> float:
    """Seconds of a processor that they have used."""
    ticks = 0
    for process in processes:
        fields = _after_name(PROC / str(process))
        ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def disk(folder: Path) -> int:
    """Bytes on the disk of all files in ``folder``; a file of several names counts once."""
    sizes = {}
    for path in folder.rglob("*"):
        with contextlib.suppress(OSError):
            found = path.lstat()
            sizes[found.st_dev, found.st_ino] = found.st_blocks * 512
    return sum(sizes.values())


def _kibibytes(process: int, name: str) -> int:
    with contextlib.suppress(OSError):
        for line in (PROC / str(process) / "status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1])
    return 0


def _after_name(path: Path) -> list[str]:
    """The fields of ``stat`` behind the name, which may hold spaces; none, if it has ended."""
    with contextlib.suppress(OSError):
        return (path / "stat").read_text().rpartition(")")[2].split()
    return []
