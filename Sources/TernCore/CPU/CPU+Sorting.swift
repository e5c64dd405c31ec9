extension CPU {
    func sortedOrder(_ x: Tensor, descending: Bool, into y: Tensor) {
        switch x.dtype {
        case .bool, .uint8: sort(x, as: UInt8.self, descending, into: y) { $0 < $1 }
        case .int8: sort(x, as: Int8.self, descending, into: y) { $0 < $1 }
        case .uint16: sort(x, as: UInt16.self, descending, into: y) { $0 < $1 }
        case .int16: sort(x, as: Int16.self, descending, into: y) { $0 < $1 }
        case .uint32: sort(x, as: UInt32.self, descending, into: y) { $0 < $1 }
        case .int32: sort(x, as: Int32.self, descending, into: y) { $0 < $1 }
        case .uint64: sort(x, as: UInt64.self, descending, into: y) { $0 < $1 }
        case .int64: sort(x, as: Int64.self, descending, into: y) { $0 < $1 }
        case .float16, .bfloat16: sortedOrder(widened(x), descending: descending, into: y)
        case .float32: sort(x, as: Float.self, descending, into: y) { $0 < $1 || ($1.isNaN && !$0.isNaN) }
        case .float64: sort(x, as: Double.self, descending, into: y) { $0 < $1 || ($1.isNaN && !$0.isNaN) }
        }
    }

    @inline(__always)
    private func sort<Element>(
        _ x: Tensor, as type: Element.Type, _ descending: Bool, into y: Tensor, _ precedes: (Element, Element) -> Bool
    ) {
        if x.count == 0 { return }
        let size = x.shape[x.rank - 1]
        let (values, places) = (x.pointer(as: type), y.pointer(as: Int64.self))
        let levels = Double(Double(Swift.max(2, size)).exponent)
        parallelFor(pieces: x.count / size, work: Int(Double(x.count) * levels * Cost.sort)) { row in
            let row = values + row * size
            var order = UnsafeMutableBufferPointer(start: places + (row - values), count: size)
            for i in 0..<size { order[i] = Int64(i) }
            // Ties by index, because Swift does not promise that its sort is stable.
            order.sort { a, b in
                let (x, y) = (row[Int(a)], row[Int(b)])
                if precedes(x, y) { return !descending }
                if precedes(y, x) { return descending }
                return a < b
            }
        }
    }
}
