import Foundation
import TernCore

extension Communicator {
    /// The tensor of one rank, on all ranks. PyTorch's `broadcast`, MPI's `MPI_Bcast`.
    ///
    /// Shapes: any -> the same. Differentiable: that rank gets the sum of all ranks' gradients, and the others zeros. All ranks
    /// compute the gradient, or none.
    ///
    /// - Parameters:
    ///   - x: of the same type and shape on all ranks; what it holds counts on one.
    ///   - root: that one.
    public func broadcast(_ x: Tensor, from root: Int = 0) throws(CommunicationError) -> Tensor {
        check(root, "broadcast")
        if isAlone { return x }
        let operation = "broadcast from \(root) of \(x.kindDescription)"
        let agreement = Agreement(operation, self)
        let result = Incoming(x.shape, x.dtype)
        if rank == root { result.copy(x) }
        try run(
            operation,
            agreement.stages + [
                { transfers in
                    transfers.keep(result)
                    try transfers.broadcast(result.bytes, from: root)
                }
            ])
        return result.tensor.asOutput(of: "broadcast", from: [x], attributes: ["root": root]) { [self] gradient, _ in
            let sum = stoppingOnError("broadcast.backward") { () throws(CommunicationError) in try allReduce(gradient) }
            return [rank == root ? sum : sum * 0]
        }
    }

    /// The bytes of one rank, on all ranks: a file's, say.
    ///
    /// - Parameters:
    ///   - data: what one rank has; the others' counts for nothing.
    ///   - root: that one.
    public func broadcast(_ data: Data, from root: Int = 0) throws(CommunicationError) -> Data {
        check(root, "broadcast")
        if isAlone { return data }
        let operation = "broadcast from \(root) of bytes"
        let agreement = Agreement(operation, self, numbers: [data.count])
        let result = Box<Incoming>()
        try run(
            operation,
            agreement.stages + [
                { [self] transfers in
                    let whole = Incoming([agreement.numbers[root][0]], .uint8)
                    result.value = whole
                    transfers.keep(whole)
                    if rank == root { whole.bytes.copyBytes(from: data) }
                    try transfers.broadcast(whole.bytes, from: root)
                }
            ])
        return result.value!.tensor.withUnsafeBytes { Data($0) }
    }

    /// The bytes of all ranks, in their order.
    func allGather(_ data: Data) throws(CommunicationError) -> [Data] {
        if isAlone { return [data] }
        let agreement = Agreement("allGather of bytes", self, numbers: [data.count])
        let own = Incoming([data.count], .uint8)
        if !data.isEmpty { own.bytes.copyBytes(from: data) }
        let parts = Box<[Incoming]>()
        try run(
            "allGather of bytes",
            agreement.stages + [
                { [self] transfers in
                    let all = agreement.numbers.map { Incoming([$0[0]], .uint8) }
                    parts.value = all
                    transfers.keep((own, all))
                    for other in 0..<size where other != rank {
                        try transfers.receive(all[other].bytes, from: other)
                        try transfers.send(UnsafeRawBufferPointer(own.bytes), to: other)
                    }
                }
            ])
        return parts.value!.enumerated().map { other, part in
            other == rank ? data : part.tensor.withUnsafeBytes { Data($0) }
        }
    }

    func check(_ rank: Int, _ operation: String) {
        if !(0..<size).contains(rank) { mistake(operation, "expects a rank in 0..<\(size), got \(rank)") }
    }
}
