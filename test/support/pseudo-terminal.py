"""Runs a command on a pseudo terminal of its own.

    pseudo-terminal.py COLUMNS ROWS COMMAND ARG...

Lines of JSON on stdin are obeyed:

    {"type": TEXT}              typed
    {"resize": [COLUMNS, ROWS]}
    {"signal": NAME}            sent to the command
    {"hangup": true}            the terminal goes away

and lines of JSON on stdout tell what happens:

    {"output": TEXT}            written to the terminal
    {"exit": CODE, "restored": true}
                                how the command ended, below 0 for a signal; whether the terminal's settings are as before
"""

import codecs
import fcntl
import json
import os
import pty
import select
import signal
import struct
import sys
import termios


def say(answer):
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


def resize(terminal, columns, rows):
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def read(descriptor):
    try:
        return os.read(descriptor, 65536)
    except OSError:
        return b""


# A character may come in two pieces.
decoder = codecs.getincrementaldecoder("utf-8")("replace")


def pass_on(terminal):
    say({"output": decoder.decode(read(terminal.ours))})


class Terminal:
    def __init__(self, columns, rows, command):
        self.ours, self.theirs = pty.openpty()
        resize(self.ours, columns, rows)
        self.before = termios.tcgetattr(self.theirs)
        self.pid = os.fork()
        if self.pid == 0:
            os.setsid()
            fcntl.ioctl(self.theirs, termios.TIOCSCTTY, 0)
            for number in (0, 1, 2):
                os.dup2(self.theirs, number)
            os.closerange(3, 256)
            os.execvp(command[0], command)

    def obey(self, order):
        if "type" in order:
            os.write(self.ours, order["type"].encode())
        elif "resize" in order:
            resize(self.ours, *order["resize"])
        elif "signal" in order:
            os.kill(self.pid, getattr(signal, order["signal"]))
        elif "hangup" in order:
            os.close(self.theirs)
            os.close(self.ours)
            self.ours = None

    def status(self):
        """Its exit code or minus its signal; None while it runs."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return None if pid == 0 else os.waitstatus_to_exitcode(status)


def main():
    columns, rows, *command = sys.argv[1:]
    terminal = Terminal(int(columns), int(rows), command)
    orders = b""
    status = None
    while status is None:
        watched = [sys.stdin.fileno()] + ([] if terminal.ours is None else [terminal.ours])
        ready, _, _ = select.select(watched, [], [], 0.05)
        if terminal.ours in ready:
            pass_on(terminal)
        if sys.stdin.fileno() in ready:
            data = read(sys.stdin.fileno())
            if data == b"":
                os.kill(terminal.pid, signal.SIGKILL)
            *lines, orders = (orders + data).split(b"\n")
            for line in lines:
                terminal.obey(json.loads(line))
        status = terminal.status()
    restored = None
    if terminal.ours is not None:
        while select.select([terminal.ours], [], [], 0.1)[0]:
            pass_on(terminal)
        restored = termios.tcgetattr(terminal.theirs) == terminal.before
    say({"exit": status, "restored": restored})


main()
