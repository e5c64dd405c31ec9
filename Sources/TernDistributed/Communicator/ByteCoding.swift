import Foundation
import TernCore

/// Numbers, texts and tensors as bytes, for other ranks of the same program.
struct ByteWriter {
    private(set) var data = Data()

    mutating func append(_ number: Int) { withUnsafeBytes(of: Int64(number)) { data.append(contentsOf: $0) } }

    mutating func append(_ text: String) {
        append(text.utf8.count)
        data.append(contentsOf: text.utf8)
    }

    mutating func append(_ tensor: Tensor) {
        append(Int(tensor.dtype.rawValue))
        append(tensor.rank)
        for size in tensor.shape { append(size) }
        tensor.withUnsafeBytes { data.append(contentsOf: $0) }
    }

    mutating func append(_ value: StateValue) {
        switch value {
        case .integer(let number):
            append(0)
            append(number)
        case .number(let number):
            append(1)
            append(Int(bitPattern: UInt(number.bitPattern)))
        case .text(let text):
            append(2)
            append(text)
        case .tensor(let tensor):
            append(3)
            append(tensor)
        }
    }

    mutating func append(_ state: [String: StateValue]) {
        append(state.count)
        for (name, value) in state.sorted(by: { $0.key < $1.key }) {
            append(name)
            append(value)
        }
    }
}

/// Reads what a ``ByteWriter`` has written, in the same order.
struct ByteReader {
    private var rest: Data

    init(_ data: Data) { rest = data }

    private mutating func take(_ count: Int) -> Data {
        precondition(count >= 0 && count <= rest.count, "what another rank has sent is of another program")
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    mutating func integer() -> Int { take(8).withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) } }

    mutating func text() -> String { String(decoding: take(integer()), as: UTF8.self) }

    mutating func tensor() -> Tensor {
        let dtype = DType(rawValue: UInt8(integer()))!
        let shape = Shape((0..<integer()).map { _ in integer() })
        return take(shape.elements * dtype.byteCount).withUnsafeBytes {
            Tensor(shape: shape, dtype: dtype, bytes: $0)
        }
    }

    mutating func value() -> StateValue {
        switch integer() {
        case 0: .integer(integer())
        case 1: .number(Double(bitPattern: UInt64(UInt(bitPattern: integer()))))
        case 2: .text(text())
        default: .tensor(tensor())
        }
    }

    mutating func state() -> [String: StateValue] {
        var state: [String: StateValue] = [:]
        for _ in 0..<integer() {
            let name = text()
            state[name] = value()
        }
        return state
    }
}
