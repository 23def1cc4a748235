"""Real sockets in a network namespace of their own, for tests: run with `unshare -n`, takes Python, one JSON string a line.

Answers each line with JSON: {"value": ...} or {"error": ...}. Ends with its standard input.
"""

import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / 'fixtures'))

from recorder.namespaces import offload_off  # noqa: E402,F401

TCP_DEFER_ACCEPT = 9
TCP_REPAIR = 19


def name_process(name):
    """What /proc/PID/comm says from then on: 15 bytes of it."""
    with open('/proc/self/comm', 'w') as comm:
        comm.write(name)


def run(*command):
    subprocess.run(command, check=True, capture_output=True, text=True)


def nft(text):
    subprocess.run(['nft', '-f', '-'], input=text, check=True, capture_output=True, text=True)


def listener(address, port, backlog=64, **options):
    made = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if options.get('defer'):
        made.setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, options['defer'])
    made.bind((address, port))
    made.listen(backlog)
    return made


def client(address, port, wait=True):
    made = socket.socket(socket.AF_INET6 if ':' in address else socket.AF_INET)
    made.setblocking(False)
    made.connect_ex((address, port))
    if wait:
        made.settimeout(5)
        # What connect() came to.
        while made.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1) != b'\x01':
            time.sleep(0.005)
    return made


def pair(server, address=None):
    """A client, and what the server has accepted."""
    made = client(address or server.getsockname()[0], server.getsockname()[1])
    accepted, _ = server.accept()
    return made, accepted


def ss():
    """Lines of `ss -tan`: state, local and remote end."""
    listed = subprocess.run(['ss', '-tanH'], check=True, capture_output=True, text=True).stdout
    return sorted([words[0], words[3], words[4]] for words in map(str.split, listed.splitlines()))


def nstat(*names):
    """Counters as the other tool reads them."""
    listed = subprocess.run(['nstat', '-asz', *names], check=True, capture_output=True, text=True).stdout
    return {line.split()[0]: int(line.split()[1]) for line in listed.splitlines()[1:]}


def abort(sock):
    """Closes with an RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    sock.close()


def main():
    run('ip', 'link', 'set', 'lo', 'up')
    space = dict(globals())
    for line in sys.stdin:
        text = json.loads(line)
        try:
            try:
                answer = {'value': eval(compile(text, '<test>', 'eval'), space)}
            except SyntaxError:
                exec(compile(text, '<test>', 'exec'), space)
                answer = {'value': None}
            print(json.dumps(answer, default=str), flush=True)
        except Exception as error:
            print(json.dumps({'error': f'{type(error).__name__}: {error}'}), flush=True)


if __name__ == '__main__':
    main()
