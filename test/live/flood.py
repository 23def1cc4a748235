"""One side of what is honest beside a flood: flood.py server|client HONEST.

The client opens HONEST connections, sends on each of them and says `open`. When it is told to go on it sends again and closes
them. The server closes what its peer has closed.
"""

import socket
import sys
import threading

ADDRESS = ('10.9.1.2', 80)


def serve(accepted):
    while accepted.recv(100):
        pass
    accepted.close()


if sys.argv[1] == 'server':
    listener = socket.create_server(ADDRESS, backlog=128)
    print('listening', flush=True)
    while True:
        threading.Thread(target=serve, args=listener.accept()[:1], daemon=True).start()

connections = []
for _ in range(int(sys.argv[2])):
    connections.append(socket.create_connection(ADDRESS))
    connections[-1].sendall(b'honest')
print('open', flush=True)
sys.stdin.readline()
for connection in connections:
    connection.sendall(b'still here')
    connection.close()
