import TernCore

extension Communicator {
    /// Sends a tensor to another rank, which calls ``receive(from:)``; returns when it has gone. Outside of every graph.
    ///
    /// - Parameters:
    ///   - x: of any type and shape.
    ///   - other: the rank that receives.
    public func send(_ x: Tensor, to other: Int) throws(CommunicationError) {
        checkOther(other, "send")
        let source = Outgoing(x)
        let header = Incoming([Self.headerCount], .int64)
        header.bytes.copyBytes(from: Self.header(of: x).withUnsafeBytes(Array.init))
        try run(
            "send to \(other) of \(x.kindDescription)",
            [
                { transfers in
                    transfers.keep((header, source))
                    try transfers.send(UnsafeRawBufferPointer(header.bytes), to: other, tag: .message)
                    try transfers.send(source.bytes, to: other, tag: .message)
                }
            ])
    }

    /// The tensor that another rank sends, with the type and shape that it has there.
    ///
    /// - Parameter other: the rank that calls ``send(_:to:)``.
    public func receive(from other: Int) throws(CommunicationError) -> Tensor {
        checkOther(other, "receive")
        let header = Incoming([Self.headerCount], .int64)
        let result = Box<Incoming>()
        let operation = "receive from \(other)"
        try run(
            operation,
            [
                { transfers in
                    transfers.keep(header)
                    try transfers.receive(header.bytes, from: other, tag: .message)
                },
                { [self] transfers in
                    guard let (dtype, shape) = Self.kind(in: header.tensor.array(of: Int64.self)) else {
                        throw CommunicationError(
                            operation, "what came is no header of a tensor", rank: rank, size: size)
                    }
                    let whole = Incoming(shape, dtype)
                    result.value = whole
                    transfers.keep(whole)
                    try transfers.receive(whole.bytes, from: other, tag: .message)
                },
            ])
        return result.value!.tensor
    }

    private func checkOther(_ other: Int, _ operation: String) {
        check(other, operation)
        if other == rank { mistake(operation, "expects another rank, got the own one, \(rank)") }
    }

    /// Type, number of axes and sizes.
    private static let headerCount = 2 + Shape.maximumRank

    private static func header(of x: Tensor) -> [Int64] {
        let sizes = x.shape.map { Int64($0) }
        return [Int64(x.dtype.rawValue), Int64(x.rank)] + sizes
            + Array(repeating: 0, count: Shape.maximumRank - sizes.count)
    }

    private static func kind(in header: [Int64]) -> (DType, Shape)? {
        guard let raw = UInt8(exactly: header[0]), let dtype = DType(rawValue: raw),
            (0...Int64(Shape.maximumRank)).contains(header[1])
        else { return nil }
        return (dtype, Shape(header[2...].prefix(Int(header[1])).map { Int($0) }))
    }
}
