#!/usr/bin/env python3
"""Plays a recorder's scenario between real sockets while `tcpaudit live` runs beside each of its tcpdumps.

    play.py NAME FOLDER [--hurry]

FOLDER gets what the recorder saves (captures, and what `ss` said), and for each view VIEW.document.json, the closing
document of `live`, and VIEW.looks.json: what its lines of state had said by each moment. With --hurry it does not wait
there until all lines are out: some stories would go another way.
"""

import json
import os
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(ROOT, 'fixtures'))
sys.dont_write_bytecode = True

from recorder import scenarios  # noqa: E402,F401
from recorder.catalogue import SCENARIOS  # noqa: E402
from recorder.namespaces import die_with_parent  # noqa: E402
from recorder.stage import Stage  # noqa: E402

# Longer than the kernel keeps a packet back, and than a timer of `live` needs to be sure that none is coming.
DELIVERED = 0.4
HURRY = '--hurry' in sys.argv[3:]


class Live:
    """One `tcpaudit live`, and the states that its lines told so far."""

    def __init__(self, namespace, place, document, nodejs):
        self.states = {}
        self.lines = 0
        with namespace.inside():
            self.process = subprocess.Popen(
                ['setpriv', '--pdeathsig', 'KILL', nodejs, os.path.join(ROOT, 'bin', 'tcpaudit.js'), 'live',
                 place.interface, '--snaplen', str(max(96, place.snaplen)), '--filter', place.expression,
                 '--no-config', '-o', document],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        first = self.process.stderr.readline()
        if 'listening on' not in first:
            raise RuntimeError(f'live did not start: {first}')
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for text in self.process.stdout:
            line = json.loads(text)
            self.lines += 1
            if line['type'] in ('state', 'retraction'):
                address = f'[{line["address"]}]' if ':' in line['address'] else line['address']
                self.states[f'{line["connection"]} {address}:{line["port"]} {line["end"]}'] = line['state']

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        started = time.time()
        self.process.wait(timeout=60)
        self.reader.join(timeout=60)
        words = self.process.stderr.read()
        if self.process.returncode != 0:
            raise RuntimeError(f'live ended with {self.process.returncode}: {words}')
        return time.time() - started


class LiveStage(Stage):
    def __init__(self, scenario, directory, **setting):
        self.lives, self.looks = {}, {}
        super().__init__(scenario, directory, **{**setting, 'nanoseconds': True, 'compressed': False})

    def capture(self, view):
        super().capture(view)
        place = self.place(view)
        namespace = self.middle if place.where == 'middle' else self.hosts[place.where].namespace
        document = os.path.join(self.directory, view + '.document.json')
        self.lives[view] = Live(namespace, place, document, os.environ.get('NODE', 'node'))
        self.looks[view] = []

    def look(self, moment, soon=False, invisible=None, **expected):
        super().look(moment, soon, invisible, **expected)
        # Where the next event is close, waiting would change the story.
        if soon or HURRY:
            return
        time.sleep(DELIVERED)
        for view, live in self.lives.items():
            self.looks[view].append({'moment': moment, 'lines': live.lines, 'states': dict(live.states)})

    def _compare(self, moment, side, sockets, expected):
        """On a busy machine a story may go another way. What it is held to here is that `live` saw what happened."""

    def expect(self, truth, words):
        """As above."""

    def finish(self):
        time.sleep(DELIVERED)
        for view, live in self.lives.items():
            seconds = live.stop()
            with open(os.path.join(self.directory, view + '.looks.json'), 'w') as file:
                json.dump({'file': self.file_name(view), 'secondsToStop': seconds, 'looks': self.looks[view]}, file)
        for view, capture in self.captures.items():
            capture.stop()
            self._write(view, 0, {})

    def close(self):
        for live in self.lives.values():
            if live.process.poll() is None:
                live.process.kill()
                live.process.wait()
        super().close()


def main():
    die_with_parent()
    name, directory = sys.argv[1:3]
    wanted = SCENARIOS[name]
    stage = LiveStage(wanted, directory, **wanted.setting)
    try:
        wanted.play(stage)
        stage.finish()
    finally:
        stage.close()


main()
