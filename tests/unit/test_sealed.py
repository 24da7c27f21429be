"""A sealed file: what goes in comes out, and nothing else ever does."""

import io

import pytest

from store.backup.sealed import (
    CHECK,
    MAGIC,
    PIECE,
    SALT,
    TAG,
    Damaged,
    Sealer,
    Unsealer,
    WrongKey,
)

SECRET = bytes(range(32))
HEADER = len(MAGIC) + SALT + CHECK
WHOLE = PIECE + TAG


def sealed(data, secret=SECRET, step=300_000):
    file = io.BytesIO()
    sealer = Sealer(file, secret)
    for start in range(0, len(data), step):
        sealer.write(data[start : start + step])
    sealer.finish()
    return file.getvalue()


def unsealed(said, secret=SECRET, step=70_000):
    source, parts = Unsealer(io.BytesIO(said), secret), []
    while part := source.read(step):
        parts.append(part)
    return b"".join(parts)


def pieces(said):
    return [said[at : at + WHOLE] for at in range(HEADER, len(said), WHOLE)]


@pytest.fixture(scope="module")
def data():
    return b"".join(n.to_bytes(4, "big") for n in range(600_000))  # two pieces and a bit


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 5])
def test_what_was_sealed_comes_out_whatever_its_size(data, size):
    assert unsealed(sealed(data[:size])) == data[:size]


def test_the_same_bytes_are_sealed_differently_every_time(data):
    one, other = sealed(data[:1000]), sealed(data[:1000])
    assert one[HEADER:] != other[HEADER:]
    assert data[:40] not in one


@pytest.mark.parametrize("left", [0, 1, 2])
def test_whole_pieces_that_are_missing_at_the_end_are_missed(data, left):
    said = sealed(data)
    with pytest.raises(Damaged):
        unsealed(said[: HEADER + left * WHOLE])


@pytest.mark.parametrize("order", [(1, 0, 2), (0, 0, 2), (0, 2), (1, 2)])
def test_pieces_that_changed_places_or_are_missing_or_doubled_are_found(data, order):
    said = sealed(data)
    parts = pieces(said)
    with pytest.raises(Damaged):
        unsealed(said[:HEADER] + b"".join(parts[number] for number in order))


def test_a_piece_of_another_file_is_found(data):
    one, other = sealed(data), sealed(data)
    with pytest.raises(Damaged):
        unsealed(one[:HEADER] + pieces(other)[0] + b"".join(pieces(one)[1:]))


def test_more_than_was_sealed_is_found(data):
    with pytest.raises(Damaged):
        unsealed(sealed(data[:1000]) + b"!")


def test_a_header_that_was_changed_opens_nothing(data):
    for place in (0, len(MAGIC), HEADER - 1):
        said = bytearray(sealed(data[:1000]))
        said[place] ^= 1
        with pytest.raises((Damaged, WrongKey)):
            unsealed(bytes(said))


def test_another_secret_is_a_wrong_key_and_not_a_damage(data):
    with pytest.raises(WrongKey):
        unsealed(sealed(data[:1000]), bytes(32))
