"""Connections of all sorts, for SECONDS: mixed-load.py server|client ADDRESS SECONDS. Two processes, of two hosts."""

import random
import socket
import struct
import sys
import threading
import time

ECHO, CLOSES_FIRST, HALF_CLOSE, ABORTS, LEAKS, LEAVES_UNREAD, SLOW, DEFERRED, FULL, CROSSING, NOBODY = range(8001, 8012)
TCP_DEFER_ACCEPT = 9
ENDS = time.time() + float(sys.argv[3])
ADDRESS = sys.argv[2]
FAMILY = socket.AF_INET6 if ':' in ADDRESS else socket.AF_INET


def pause(least, most):
    time.sleep(max(0, min(random.uniform(least, most), ENDS - time.time())))


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    sock.close()


def read_all(sock):
    while sock.recv(65536):
        pass


# What each server does with a connection.

def echo(sock):
    while data := sock.recv(65536):
        sock.sendall(data)
    sock.close()


def closes_first(sock):
    sock.recv(100)
    sock.sendall(b'x' * 3000)
    sock.close()


def half_close(sock):
    read_all(sock)
    for _ in range(5):
        sock.sendall(b'more')
        pause(0.1, 1)
    sock.close()


def aborts(sock):
    sock.recv(100)
    reset(sock)


def leaks(sock):
    read_all(sock)
    pause(3, 20)
    sock.close()


def leaves_unread(sock):
    sock.recv(1)
    pause(0, 0.5)
    sock.close()


def slow(sock):
    pause(4, 8)
    read_all(sock)
    sock.close()


def crossing(sock):
    sock.sendall(b'now')
    sock.shutdown(socket.SHUT_WR)
    read_all(sock)
    sock.close()


SERVERS = {
    ECHO: echo, CLOSES_FIRST: closes_first, HALF_CLOSE: half_close, ABORTS: aborts, LEAKS: leaks,
    LEAVES_UNREAD: leaves_unread, SLOW: slow, DEFERRED: echo, CROSSING: crossing,
}


def quietly(work, *args):
    try:
        work(*args)
    except OSError:
        pass


def serve(port, work):
    listener = socket.socket(FAMILY)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if port == DEFERRED:
        listener.setsockopt(socket.IPPROTO_TCP, TCP_DEFER_ACCEPT, 5)
    if port == SLOW:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    listener.bind((ADDRESS, port))
    listener.listen(1 if port == FULL else 128)
    while work is not None:
        accepted, _ = listener.accept()
        threading.Thread(target=quietly, args=(work, accepted), daemon=True).start()
    time.sleep(1000)


def server():
    for port, work in {**SERVERS, FULL: None}.items():
        threading.Thread(target=serve, args=(port, work), daemon=True).start()
    print('listening', flush=True)
    time.sleep(max(0, ENDS - time.time()) + 3)


# What a client does with a connection.

def connect(port):
    sock = socket.socket(FAMILY)
    sock.settimeout(15)
    sock.connect((ADDRESS, port))
    return sock


def talks(port):
    sock = connect(port)
    for _ in range(random.randint(1, 4)):
        sock.sendall(b'y' * random.choice([1, 100, 5000]))
        sock.recv(65536)
        pause(0, 2)
    sock.close()


def asks_once(port):
    sock = connect(port)
    sock.sendall(b'question')
    pause(0, 0.3)
    read_all(sock)
    pause(0, 1)
    sock.close()


def shuts_down(port):
    sock = connect(port)
    sock.sendall(b'the end')
    sock.shutdown(socket.SHUT_WR)
    read_all(sock)
    sock.close()


def closes(port):
    sock = connect(port)
    sock.sendall(b'z' * 10)
    pause(0, 0.2)
    sock.close()
    pause(0, 3)


def kills(port):
    sock = connect(port)
    sock.sendall(b'z' * 10)
    pause(0, 1)
    reset(sock)


def fills(port):
    sock = connect(port)
    sock.setblocking(False)
    try:
        while True:
            sock.send(b'f' * 65536)
    except BlockingIOError:
        pass
    pause(0, 2)
    sock.close()


def crosses(port):
    sock = connect(port)
    sock.recv(10)
    sock.shutdown(socket.SHUT_WR)
    read_all(sock)
    sock.close()


def is_silent(port):
    sock = connect(port)
    pause(2, 10)
    sock.close()


def idles(port):
    sock = connect(port)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 2)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2)
    pause(20, 40)
    sock.close()


def comes_again(port):
    """From one port, while the last connection is in TIME_WAIT."""
    own = random.randint(20000, 20050)
    for _ in range(3):
        sock = socket.socket(FAMILY)
        sock.settimeout(15)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(('::' if FAMILY == socket.AF_INET6 else '0.0.0.0', own))
        sock.connect((ADDRESS, port))
        sock.sendall(b'again')
        read_all(sock)
        sock.close()
        pause(0, 1)


CLIENTS = [
    (talks, ECHO), (asks_once, CLOSES_FIRST), (shuts_down, HALF_CLOSE), (asks_once, ABORTS), (closes, LEAKS),
    (shuts_down, LEAKS), (closes, LEAVES_UNREAD), (talks, LEAVES_UNREAD), (fills, SLOW), (kills, ECHO), (crosses, CROSSING),
    (is_silent, DEFERRED), (talks, DEFERRED), (is_silent, ECHO), (idles, ECHO), (comes_again, CLOSES_FIRST),
    (connect, NOBODY), (is_silent, FULL),
]


def client():
    def act():
        while time.time() < ENDS:
            work, port = random.choice(CLIENTS)
            quietly(work, port)
            pause(0, 0.5)

    workers = [threading.Thread(target=act, daemon=True) for _ in range(30)]
    for worker in workers:
        worker.start()
    time.sleep(max(0, ENDS - time.time()))


random.seed(793)
server() if sys.argv[1] == 'server' else client()
