#!/usr/bin/env python3
"""Plays the recorder's scenarios between real sockets while `tcpaudit live` runs beside each tcpdump.

Each line of standard input is a wish, `{"name", "folder", "waits"}`, begun at once in a process of its own.
The folder, which is made, gets what the recorder saves (captures, and what `ss` said), and for each view VIEW.document.json,
the closing document of `live`, VIEW.lines, its standard output, and VIEW.json, of which recording they are. When it is over, a
line of standard output says so: `{"folder", "isPlayed", "words"}`.

One that `waits` does so at each of its moments until what passed before must have been told, and VIEW.json has how many bytes
of VIEW.lines there were then. On a busy machine a story may go another way than its scenario says. It is played as far as it
goes: what is asked is whether `live` has seen what happened.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'fixtures'))
sys.dont_write_bytecode = True

from recorder import scenarios  # noqa: E402,F401
from recorder.capture import read_pcap  # noqa: E402
from recorder.catalogue import SCENARIOS  # noqa: E402
from recorder.namespaces import die_with_parent  # noqa: E402
from recorder.provenance import StoryNotTold  # noqa: E402
from recorder.stage import QUIET_BEFORE, Stage  # noqa: E402

# Longer than the kernel keeps a packet back, and than a timer of `live` needs to be sure that none is coming.
DELIVERED = 0.4
PLAYED, FAILED = 0, 1
LEAST_SNAPLEN = 96


class Live:
    """One `tcpaudit live`."""

    def __init__(self, namespace, place, path):
        self.lines = path + '.lines'
        if place.snaplen < LEAST_SNAPLEN:
            raise ValueError(f'live keeps no less than {LEAST_SNAPLEN} bytes of a packet')
        with open(self.lines, 'w') as output, namespace.inside():
            self.process = subprocess.Popen(
                ['setpriv', '--pdeathsig', 'KILL', os.environ.get('NODE', 'node'),
                 os.path.join(ROOT, 'bin', 'tcpaudit.js'), 'live', place.interface, '--snaplen', str(place.snaplen),
                 '--filter', place.expression, '--no-config', '-o', path + '.document.json'],
                stdout=output, stderr=subprocess.PIPE, text=True)
        first = self.process.stderr.readline()
        if 'listening on' not in first:
            raise RuntimeError(f'live did not start: {first}')

    def told(self):
        """Bytes written so far."""
        return os.path.getsize(self.lines)

    def stop(self):
        """Ends it as Ctrl-C does; how long that took, in seconds."""
        started = time.time()
        self.process.send_signal(signal.SIGINT)
        _, words = self.process.communicate(timeout=60)
        if self.process.returncode != 0:
            raise RuntimeError(f'live ended with {self.process.returncode}: {words}')
        return time.time() - started

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def was_at_rest(shot, frames):
    return not any(shot['from'] - QUIET_BEFORE <= when <= shot['to'] for when, _, _ in frames)


class LiveStage(Stage):
    def __init__(self, scenario, directory, waits, **setting):
        self.lives, self.looks, self.waits = {}, {}, waits
        super().__init__(scenario, directory, **{**setting, 'nanoseconds': True, 'compressed': False})

    def capture(self, view):
        super().capture(view)
        place = self.place(view)
        namespace = self.middle if place.where == 'middle' else self.hosts[place.where].namespace
        self.lives[view] = Live(namespace, place, os.path.join(self.directory, view))
        self.looks[view] = []

    def look(self, moment, soon=False, invisible=None, **expected):
        super().look(moment, soon, invisible, **expected)
        # Where the next event is close, waiting would change the story.
        if soon or not self.waits:
            return
        time.sleep(DELIVERED)
        for view, live in self.lives.items():
            self.looks[view].append({'moment': moment, 'told': live.told()})

    def _compare(self, moment, side, sockets, expected):
        pass

    def expect(self, truth, words):
        pass

    def finish(self):
        time.sleep(DELIVERED)
        for view, live in self.lives.items():
            seconds = live.stop()
            with open(os.path.join(self.directory, view + '.json'), 'w') as file:
                json.dump({'recording': self.file_name(view), 'secondsToStop': seconds, 'looks': self.looks[view]},
                          file)
        for view, capture in self.captures.items():
            capture.stop()
            frames = read_pcap(capture.path)
            self.snapshots = [shot for shot in self.snapshots if was_at_rest(shot, frames)]
        for view in self.captures:
            self._write(view, 0, {})

    def close(self):
        for live in self.lives.values():
            live.kill()
        super().close()


def play(name, directory, waits):
    wanted = SCENARIOS[name]
    stage = LiveStage(wanted, directory, waits, **wanted.setting)
    try:
        try:
            wanted.play(stage)
        # What it waits for does not come, or the wire does not rest: TimeoutError is an OSError.
        except (StoryNotTold, OSError) as reason:
            print(f'{type(reason).__name__}: {reason}', file=sys.stderr)
        stage.finish()
        return PLAYED
    finally:
        stage.close()


def begin(name, folder, waits):
    """Plays in a process of its own, whose exit status says how it went; what it complained of is in the file `words`."""
    os.mkdir(folder)
    child = os.fork()
    if child != 0:
        return child
    status = FAILED
    try:
        die_with_parent()
        words = os.open(os.path.join(folder, 'words'), os.O_WRONLY | os.O_CREAT)
        os.dup2(words, 1)
        os.dup2(words, 2)
        status = play(name, folder, waits)
    except BaseException:  # pylint: disable=broad-except
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def main():
    die_with_parent()
    events = selectors.DefaultSelector()
    events.register(0, selectors.EVENT_READ)
    wishes = b''
    running = {}
    while running or 0 in events.get_map():
        for key, _ in events.select():
            if key.fd == 0:
                read = os.read(0, 65536)
                if not read:
                    events.unregister(0)
                *lines, wishes = (wishes + read).split(b'\n')
                for line in lines:
                    wish = json.loads(line)
                    child = begin(**wish)
                    handle = os.pidfd_open(child)
                    running[handle] = child, wish['folder']
                    events.register(handle, selectors.EVENT_READ)
                continue
            child, folder = running.pop(key.fd)
            events.unregister(key.fd)
            os.close(key.fd)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            with open(os.path.join(folder, 'words')) as file:
                words = file.read()
            print(json.dumps({'folder': folder, 'isPlayed': code == PLAYED, 'words': words}), flush=True)


main()
