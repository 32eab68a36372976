"""Columns of a segment from their bytes: docs/format/segment.md §4-7 in plain Python. Used by read_segment.py."""

import struct

MASK = (1 << 64) - 1
CRC_TABLE = []
for _i in range(256):
    _crc = _i
    for _ in range(8):
        _crc = _crc >> 1 ^ (0x82F63B78 if _crc & 1 else 0)
    CRC_TABLE.append(_crc)


class SegmentError(Exception):
    """The file breaks the format, or is newer than this reader."""


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def signed(value):
    return value - (1 << 64) if value >> 63 else value


def unzigzag(z):
    return (z >> 1 ^ -(z & 1)) & MASK


class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise SegmentError(f"{count} bytes wanted at {self.at}, {len(self.data) - self.at} left")
        self.at += count
        return self.data[self.at - count : self.at]

    def fixed(self, code):
        return struct.unpack("<" + code, self.take(struct.calcsize("<" + code)))[0]

    def varint(self):
        value = 0
        for shift in range(0, 70, 7):
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & MASK
        raise SegmentError("a varint of more than 10 bytes")

    def svarint(self):
        return unzigzag(self.varint())

    def text(self):
        return self.take(self.varint()).decode("utf-8", "surrogateescape")

    def end(self):
        if self.at != len(self.data):
            raise SegmentError(f"{len(self.data) - self.at} bytes too many")


# ---- §6: packed bits, packers, predictors, maps ----


def unpack(reader, count, width):
    if width == 0:
        return [0] * count
    if width > 32:
        low = unpack(reader, count, 32)
        return [a | b << 32 for a, b in zip(low, unpack(reader, count, width - 32), strict=True)]
    values, mask = [], (1 << width) - 1
    for _ in range(count // 256):
        words = struct.unpack(f"<{8 * width}I", reader.take(32 * width))
        lanes = [sum(words[8 * j + lane] << 32 * j for j in range(width)) for lane in range(8)]
        values += [lanes[i % 8] >> width * (i // 8) & mask for i in range(256)]
    rest = count % 256
    bits = int.from_bytes(reader.take((rest * width + 7) // 8), "little")
    return values + [bits >> width * i & mask for i in range(rest)]


def read_positions(reader):
    positions, following = [], 0
    for _ in range(reader.varint()):
        positions.append(following + reader.varint())
        following = positions[-1] + 1
    return positions


def read_patched(reader, count):
    base, width = reader.svarint(), reader.fixed("B")
    values = [(base + bits) & MASK for bits in unpack(reader, count, width)]
    for position in read_positions(reader):
        values[position] = (base + reader.svarint()) & MASK
    return values


def read_rice(reader, count):
    base, coded = reader.svarint(), reader.fixed("B")
    width = coded & 0x7F
    distances = unpack(reader, count, width)
    unary = int.from_bytes(reader.take(reader.varint()), "little")
    for i in range(count):
        quotient = (unary & -unary).bit_length() - 1  # zeros before the next one
        distances[i] |= quotient << width
        unary >>= quotient + 1
    for position in read_positions(reader):
        distances[position] = reader.varint()
    return [(base + (z if coded & 0x80 else unzigzag(z))) & MASK for z in distances]


def read_runs(reader, count):
    runs = reader.varint()
    values, lengths = read_stream(reader, runs), read_stream(reader, runs)
    return [value for value, length in zip(values, lengths, strict=True) for _ in range(length + 1)][:count]


def read_packed(reader, packer, count):
    if packer == 0:
        return list(struct.unpack(f"<{count}Q", reader.take(8 * count)))
    if packer == 1:
        base, width = reader.svarint(), reader.fixed("B")
        return [(base + bits) & MASK for bits in unpack(reader, count, width)]
    if packer not in (2, 3, 4):
        raise SegmentError(f"packer {packer} is newer than this reader")
    return {2: read_patched, 3: read_runs, 4: read_rice}[packer](reader, count)


def read_integers(reader, descriptor, count, starts):
    """What follows a descriptor of map identity or divisor: 64-bit patterns."""
    kind, predictor, packer = descriptor & 15, descriptor >> 4 & 15, descriptor >> 8 & 31
    factor, offset = (reader.varint(), reader.svarint()) if kind == 1 else (1, 0)
    first = [reader.svarint() for _ in range({1: 1, 2: 2, 4: 2}.get(predictor, 0))]
    series = read_stream(reader, len(starts)) if predictor == 3 else []
    values = read_packed(reader, packer, count)
    if predictor == 1:
        values = running_sums(first[0], values)
    elif predictor == 2:
        values = running_sums(first[0], running_sums(first[1], values))
    elif predictor == 3:
        for start, end, value in zip(starts, [*starts[1:], count], series, strict=True):
            values[start:end] = [value, *running_sums(value, values[start + 1 : end])]
    elif predictor == 4:
        values = [(first[0] + (signed(first[1] * i & MASK) >> 16) + r) & MASK for i, r in enumerate(values)]
    elif predictor != 0:
        raise SegmentError(f"predictor {predictor} is newer than this reader")
    return [(offset + factor * value) & MASK for value in values] if kind == 1 else values


def running_sums(before, values):
    out = []
    for value in values:
        before = before + value & MASK
        out.append(before)
    return out


def read_stream(reader, count, starts=()):
    descriptor = reader.fixed("H")
    return read_integers(reader, descriptor, count, list(starts)) if count else []


def fold(bits):
    return bits ^ MASK >> 1 if bits >> 63 else bits


def to_bits(value):
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def read_floats(reader, descriptor, count, starts):
    """Bit patterns of doubles."""
    if descriptor & 15 == 3:
        return [fold(q) for q in read_integers(reader, descriptor, count, starts)]
    if descriptor & 15 != 2:
        raise SegmentError(f"map {descriptor & 15} is newer than this reader")
    coded = reader.fixed("B")
    if coded & 0x80:
        raise SegmentError(f"decimal form {coded & 0xE0} is newer than this reader")
    positions = read_positions(reader)
    exceptions = [reader.fixed("Q") for _ in positions]
    ulps = read_stream(reader, count) if coded & 0x40 else []
    power = float(10 ** (coded & 31))
    values = [signed(q) / power for q in read_integers(reader, descriptor, count, starts)]
    if coded & 0x20:
        values = [struct.unpack("<f", struct.pack("<f", value))[0] for value in values]
    bits = [to_bits(value) for value in values]
    if ulps:
        bits = [fold(fold(b) + u & MASK) for b, u in zip(bits, ulps, strict=True)]
    for position, exception in zip(positions, exceptions, strict=True):
        bits[position] = exception
    return bits


# ---- §7: strings ----


def lz4_block(data, size):
    reader, out = Reader(data), bytearray()

    def length(nibble):
        total = nibble
        while nibble == 15:
            byte = reader.take(1)[0]
            total += byte
            if byte != 255:
                break
        return total

    while reader.at < len(data):
        token = reader.take(1)[0]
        out += reader.take(length(token >> 4))
        if reader.at == len(data):
            break
        distance = reader.fixed("H")
        if not 0 < distance <= len(out):
            raise SegmentError("an LZ4 match before the first byte")
        for _ in range(length(token & 15) + 4):
            out.append(out[-distance])
    if len(out) != size:
        raise SegmentError(f"LZ4: {len(out)} bytes instead of {size}")
    return bytes(out)


def cut(text, lengths):
    ends = running_sums(0, lengths)
    return [text[end - size : end].decode("utf-8", "surrogateescape") for end, size in zip(ends, lengths, strict=True)]


def read_strings(reader, descriptor, count):
    kind = descriptor & 15
    if kind in (5, 6):
        lengths = read_stream(reader, count)
        text = reader.take(len(reader.data) - reader.at)
        return cut(lz4_block(text, sum(lengths)) if kind == 6 else text, lengths)
    if kind != 4:
        raise SegmentError(f"map {kind} is newer than this reader")
    entries = reader.varint()
    lengths = read_stream(reader, entries)
    compressed, stored = reader.fixed("B"), reader.take(reader.varint())
    dictionary = cut(lz4_block(stored, sum(lengths)) if compressed else stored, lengths)
    return [dictionary[code] for code in read_stream(reader, count)]


# ---- §5: a block ----


def read_mask(reader, form, rows):
    if form == 0:
        return [True] * rows
    if form == 2:
        bitmap = int.from_bytes(reader.take((rows + 7) // 8), "little")
        return [bool(bitmap >> row & 1) for row in range(rows)]
    if form != 3:
        raise SegmentError(f"NULL mask {form} is newer than this reader")
    valid = []
    for i, run in enumerate(read_stream(reader, reader.varint())):
        valid += [i % 2 == 0] * run
    return valid


def read_block(data, kind, rows, starts=()):
    """Values of one block, None for NULL. `kind` is the field type, 2 for times."""
    if not data:
        return [None] * rows
    reader = Reader(data)
    descriptor = reader.fixed("H")
    valid = read_mask(reader, descriptor >> 13, rows) if descriptor >> 13 != 1 else [False] * rows
    count = sum(valid)
    # Series begin at these places among the values that are there; one without any does not count.
    places = sorted({sum(valid[:start]) for start in starts} - {count})
    values = []
    if count and kind == 5:
        values = read_strings(reader, descriptor, count)
    elif count and kind == 1:
        values = [struct.unpack("<d", struct.pack("<Q", b))[0] for b in read_floats(reader, descriptor, count, places)]
    elif count:
        values = read_integers(reader, descriptor, count, places)
        values = [signed(v) for v in values] if kind == 2 else [bool(v) for v in values] if kind == 4 else values
    reader.end()
    following = iter(values)
    return [next(following) if v else None for v in valid]
