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

LOST, DOUBLED, DELAYED = 0.04, 0.04, 0.06
ETH_P_ALL, PACKET_OUTGOING = 3, 4
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC = 263, 1, 1
ETHERNET, TCP = 14, 6
FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32


def card(name):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.ntohs(ETH_P_ALL))
    sock.bind((name, 0))
    sock.setblocking(False)
    everything = struct.pack('iHH8s', socket.if_nametoindex(name), PACKET_MR_PROMISC, 0, b'')
    sock.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, everything)
    return sock


def checksum(data):
    if len(data) % 2:
        data += b'\0'
    total = sum(struct.unpack(f'!{len(data) // 2}H', data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def header_of(frame):
    """Bytes of IP header in front of TCP; None for anything else."""
    if len(frame) < 54:
        return None
    if frame[12:14] == b'\x08\x00' and frame[23] == TCP:
        return (frame[14] & 15) * 4
    if frame[12:14] == b'\x86\xdd' and frame[20] == TCP:
        return 40
    return None


def forged(frame, length):
    """A segment that the sender of this one did not send."""
    at = ETHERNET + length
    source, destination, seq, ack, offset, flags, window = struct.unpack('!HHIIBBH', frame[at:at + 16])
    header = (offset >> 4) * 4
    is_ipv4 = frame[12:14] == b'\x08\x00'
    total = struct.unpack('!H', frame[16:18])[0] - length if is_ipv4 else struct.unpack('!H', frame[18:20])[0]
    behind = seq + total - header + bool(flags & SYN) + bool(flags & FIN)
    options = b'' if flags & SYN else frame[at + 20:at + header]
    payload = b''
    flags, seq, options, payload, ack = random.choice([
        lambda: (RST, behind, b'', b'', ack),
        lambda: (RST, behind + random.randrange(1, 3000), b'', b'', ack),
        lambda: (RST, behind + random.randrange(1 << 20, 1 << 31), b'', b'', ack),
        lambda: (RST | ACK, behind, options, b'', ack),
        lambda: (SYN, random.randrange(1 << 32), options, b'', 0),
        lambda: (SYN | ACK, behind, options, b'', ack),
        lambda: (FIN | ACK, behind, options, b'', ack),
        lambda: (PSH | ACK, behind + random.randrange(-3000, 3000), options, b'Q' * random.randrange(1, 200), ack),
        lambda: (ACK, behind, options, b'', ack + random.randrange(-5000, 5000)),
        lambda: (0, behind, options, b'', ack),
        lambda: (FIN | PSH | URG, behind, options, b'u', ack),
    ])()
    words = (source, destination, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, (5 + len(options) // 4) << 4, flags, window)
    segment = struct.pack('!HHIIBBH', *words) + bytes(4) + options + payload
    if is_ipv4:
        ip = bytearray(frame[14:34])
        ip[0] = 0x45
        ip[2:4] = struct.pack('!H', 20 + len(segment))
        ip[10:12] = bytes(2)
        ip[10:12] = struct.pack('!H', checksum(bytes(ip)))
        pseudo = bytes(ip[12:20]) + struct.pack('!HH', TCP, len(segment))
    else:
        ip = bytearray(frame[14:54])
        ip[4:6] = struct.pack('!H', len(segment))
        pseudo = bytes(ip[8:40]) + struct.pack('!II', len(segment), TCP)
    sum_of_all = struct.pack('!H', checksum(pseudo + segment))
    return frame[:14] + bytes(ip) + segment[:16] + sum_of_all + segment[18:]


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
            length = header_of(frame)
            if length is None:
                target.send(frame)
                continue
            if random.random() < share:
                later(random.choice([0, 0, 0.01, 0.3, 2]), target, forged(frame, length))
            if random.random() < LOST:
                continue
            delay = random.choice([0.01, 0.4]) * random.random() if random.random() < DELAYED else 0
            later(delay, target, frame)
            if random.random() < DOUBLED:
                later(delay + 0.05 * random.random(), target, frame)


random.seed(793)
pass_on([card(sys.argv[1]), card(sys.argv[2])], time.time() + float(sys.argv[3]), float(sys.argv[4]))
