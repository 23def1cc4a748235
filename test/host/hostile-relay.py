"""A bad network between two cards: hostile-relay.py CARD CARD SECONDS FORGED

Frames of TCP are lost, doubled and held back; and, for the share FORGED of them, somebody on the way sends segments of his own
in the name of either end.
"""

import heapq
import random
import select
import socket
import struct
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / 'fixtures'))

from recorder.segment import ACK, FIN, PSH, RST, SYN, Segment, forge, is_tcp  # noqa: E402

LOST, DOUBLED, DELAYED = 0.04, 0.04, 0.06
ETH_P_ALL, PACKET_OUTGOING = 3, 4
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC = 263, 1, 1
URG = 32


def card(name):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(ETH_P_ALL))
    sock.bind((name, 0))
    sock.setblocking(False)
    everything = struct.pack('iHH8s', socket.if_nametoindex(name), PACKET_MR_PROMISC, 0, b'')
    sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, everything)
    return sock


def forged(frame):
    """A segment that the sender of this one did not send."""
    real = Segment(frame)
    options = b'' if real.flags & SYN else real.options
    flags, number, options, payload, ack = random.choice([
        lambda: (RST, 0, b'', b'', real.ack),
        lambda: (RST, random.randrange(1, 3000), b'', b'', real.ack),
        lambda: (RST, random.randrange(1 << 20, 1 << 31), b'', b'', real.ack),
        lambda: (RST | ACK, 0, options, b'', real.ack),
        lambda: (SYN, random.randrange(1 << 32), options, b'', 0),
        lambda: (SYN | ACK, 0, options, b'', real.ack),
        lambda: (FIN | ACK, 0, options, b'', real.ack),
        lambda: (PSH | ACK, random.randrange(-3000, 3000), options, b'Q' * random.randrange(1, 200), real.ack),
        lambda: (ACK, 0, options, b'', real.ack + random.randrange(-5000, 5000)),
        lambda: (0, 0, options, b'', real.ack),
        lambda: (FIN | PSH | URG, 0, options, b'u', real.ack),
    ])()
    ttl, ip_id = (frame[22], struct.unpack_from('!H', frame, 18)[0]) if real.family == socket.AF_INET else (frame[21], 0)
    return frame[:14] + forge(real.source_address, real.target_address, real.sport, real.dport, real.end + number, flags,
                              ack, real.window, payload, options, ttl, ip_id)


def pass_on(cards, ends, share):
    waiting, count = [], 0

    def later(delay, card, frame):
        nonlocal count
        count += 1
        heapq.heappush(waiting, (time.time() + delay, count, card, frame))

    while time.time() < ends:
        while waiting and waiting[0][0] <= time.time():
            _, _, card, frame = heapq.heappop(waiting)
            card.send(frame)
        idle = max(0, min(0.2, waiting[0][0] - time.time())) if waiting else 0.2
        for source in select.select(cards, [], [], idle)[0]:
            target = cards[0] if source is cards[1] else cards[1]
            frame, address = source.recvfrom(70000)
            if address[2] == PACKET_OUTGOING:
                continue
            if not is_tcp(frame):
                target.send(frame)
                continue
            if random.random() < share:
                later(random.choice([0, 0, 0.01, 0.3, 2]), target, forged(frame))
            if random.random() < LOST:
                continue
            delay = random.choice([0.01, 0.4]) * random.random() if random.random() < DELAYED else 0
            later(delay, target, frame)
            if random.random() < DOUBLED:
                later(delay + 0.05 * random.random(), target, frame)


random.seed(793)
pass_on([card(sys.argv[1]), card(sys.argv[2])], time.time() + float(sys.argv[3]), float(sys.argv[4]))
