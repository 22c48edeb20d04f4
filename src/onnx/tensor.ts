import { UnsupportedError } from "../errors.ts";
import { bytes, doubles, floats, integers, readMessage, text } from "./wire.ts";

/** Numbers that the file holds. In shapes that are computed, NaN stands for the number of examples, which is not known. */
export interface Constant {
  readonly shape: readonly number[];
  readonly values: Float64Array;
}

/** A tensor of the file with its name, which is empty for one within an attribute. */
export interface NamedConstant extends Constant {
  readonly name: string;
}

type Decode = (view: DataView, at: number) => number;

/** By ONNX's number of the type: how many bytes, and how they are read from raw data, which is little-endian. */
const TYPES: Readonly<Record<number, readonly [bytes: number, decode: Decode]>> = {
  1: [4, (view, at) => view.getFloat32(at, true)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [1, (view, at) => view.getInt8(at)],
  4: [2, (view, at) => view.getUint16(at, true)],
  5: [2, (view, at) => view.getInt16(at, true)],
  6: [4, (view, at) => view.getInt32(at, true)],
  7: [8, (view, at) => Number(view.getBigInt64(at, true))],
  9: [1, (view, at) => view.getUint8(at)],
  10: [2, (view, at) => halfPrecision(view.getUint16(at, true))],
  11: [8, (view, at) => view.getFloat64(at, true)],
  12: [4, (view, at) => view.getUint32(at, true)],
  13: [8, (view, at) => Number(view.getBigUint64(at, true))],
};
const [FLOAT16, STRING, EXTERNAL] = [10, 8, 1];

/** A `TensorProto`. */
export function readTensor(message: Uint8Array): NamedConstant {
  const shape: number[] = [];
  const listed: number[] = [];
  const add = (value: number): void => void listed.push(value);
  let [type, location, name] = [0, 0, ""];
  let raw: Uint8Array | undefined;
  readMessage(message, {
    1: integers((size) => shape.push(size)),
    2: integers((value) => (type = value)),
    4: floats(add),
    5: integers(add),
    7: integers(add),
    8: text((value) => (name = value)),
    9: bytes((value) => (raw = value)),
    10: doubles(add),
    11: integers(add),
    14: integers((value) => (location = value)),
  });
  const label = `The tensor ${JSON.stringify(name)}`;
  if (location === EXTERNAL) throw new UnsupportedError(`${label} is kept in a file beside the model. Save the model with all weights within (in Python: onnx.save(onnx.load(path), path)).`);
  // Names of classes, which the labels of a classifier consist of: nothing here computes with them.
  if (type === STRING) return { name, shape, values: new Float64Array() };
  if (!(type in TYPES)) throw new UnsupportedError(`${label} has numbers of ONNX's type ${type}. Export the model in float32 or float64.`);
  const values = raw === undefined ? Float64Array.from(listed, type === FLOAT16 ? halfPrecision : Number) : rawValues(label, raw, type);
  const count = shape.reduce((product, size) => product * size, 1);
  if (values.length !== count) throw new RangeError(`${label} has ${values.length} numbers, and a shape of ${shape.join(" x ")}`);
  return { name, shape, values };
}

function rawValues(label: string, raw: Uint8Array, type: number): Float64Array {
  const [width, decode] = TYPES[type];
  if (raw.length % width !== 0) throw new RangeError(`${label} ends within a number`);
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Float64Array.from({ length: raw.length / width }, (_, i) => decode(view, i * width));
}

/** IEEE 754's binary16: a sign, 5 bits of exponent, 10 of fraction. */
function halfPrecision(bits: number): number {
  const [sign, exponent, fraction] = [bits >> 15 === 0 ? 1 : -1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
