"""Real sockets on lo for so many seconds: a talk that goes on, clients whose peer never closes, and refused ones.

    leaky-talk.py SECONDS
"""

import socket
import sys
import threading
import time

SERVER = ("127.0.0.1", 8080)
NOBODY = ("127.0.0.1", 9999)


def serve(listener):
    while True:
        end, _ = listener.accept()
        threading.Thread(target=echo, args=(end,), daemon=True).start()
        # Kept, so that nothing closes it.
        held.append(end)


def echo(end):
    while data := end.recv(4096):
        end.sendall(data)


held = []
listener = socket.create_server(SERVER, backlog=64)
threading.Thread(target=serve, args=(listener,), daemon=True).start()
talk = socket.create_connection(SERVER)
deadline = time.monotonic() + float(sys.argv[1])
turn = 0
while time.monotonic() < deadline:
    talk.sendall(b"x" * 500)
    talk.recv(500)
    if turn % 5 == 0:
        with socket.create_connection(SERVER) as client:
            client.sendall(b"hello")
            client.recv(5)
    if turn % 10 == 0 and socket.socket().connect_ex(NOBODY) == 0:
        raise SystemExit("somebody listens there")
    turn += 1
    time.sleep(0.1)
