import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

/** What is done with one field of a message: the reader stands at its value. */
export type Field = (reader: BinaryReader, wireType: WireType) => void;

const { Varint: VARINT, Bit64: BIT64, LengthDelimited: BYTES, Bit32: BIT32 } = WireType;

/** Visits the fields of a protobuf message in order, and skips those that are not asked for. */
export function readMessage(bytes: Uint8Array, fields: Readonly<Record<number, Field>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields[number];
    if (field === undefined) reader.skip(wireType, number);
    else field(reader, wireType);
  }
}

/** A string, as UTF-8. */
export function text(use: (value: string) => void): Field {
  return checked(BYTES, (reader) => use(reader.string()));
}

/** Bytes, or a message within the message: a view, not a copy. */
export function bytes(use: (value: Uint8Array) => void): Field {
  return checked(BYTES, (reader) => use(reader.bytes()));
}

/** Whole numbers, one or packed; beyond 2^53 they are rounded. */
export function integers(use: (value: number) => void): Field {
  return numbers(VARINT, (reader) => Number(reader.int64()), use);
}

/** Numbers of 32 bits, one or packed. */
export function floats(use: (value: number) => void): Field {
  return numbers(BIT32, (reader) => reader.float(), use);
}

/** Numbers of 64 bits, one or packed. */
export function doubles(use: (value: number) => void): Field {
  return numbers(BIT64, (reader) => reader.double(), use);
}

function numbers(single: WireType, read: (reader: BinaryReader) => number, use: (value: number) => void): Field {
  const one = checked(single, (reader) => use(read(reader)));
  return (reader, wireType) => {
    if (wireType !== BYTES) {
      one(reader, wireType);
      return;
    }
    const packed = new BinaryReader(reader.bytes());
    while (packed.pos < packed.len) use(read(packed));
  };
}

function checked(expected: WireType, read: (reader: BinaryReader) => void): Field {
  return (reader, wireType) => {
    if (wireType !== expected) throw new RangeError(`a field of wire type ${wireType} in place of ${expected}`);
    read(reader);
  };
}
