import Foundation
import Tern
import TernDistributed

// `distributed-check measure [WIDTH [CHUNK]]`: what an exchange and a step take here, and what a model of them says for more ranks and other
// networks.

private func seconds(_ turns: Int, _ body: () throws -> Void) rethrows -> Double {
    var times: [Double] = []
    for _ in 0..<turns {
        let begin = ContinuousClock.now
        try body()
        times.append((ContinuousClock.now - begin) / .seconds(1))
    }
    return times.sorted()[turns / 2]
}

func measure(_ group: Communicator, _ words: [String]) throws {
    let width = words.first.flatMap(Int.init) ?? 1024
    let chunk = words.dropFirst().first.flatMap(Int.init)
    try group.withChunks(of: chunk) { try measure(group, width: width) }
}

private func measure(_ group: Communicator, width: Int) throws {
    group.print("an exchange of gradients, milliseconds (median): bytes, in a fixed tree, in MPI's order")
    var points: [(bytes: Double, seconds: Double)] = []
    for count in [1, 1 << 12, 1 << 16, 1 << 20, 1 << 22] {
        let x = Tensor.ones([count])
        let turns = count > 1 << 18 ? 5 : 21
        try group.barrier()
        let fixed = try seconds(turns) { _ = try group.allReduce(x) }
        try group.barrier()
        let free = try seconds(turns) { _ = try group.allReduce(x, reproducible: false) }
        points.append((Double(4 * count), fixed))
        group.print(String(format: "%12d %10.3f %10.3f", 4 * count, fixed * 1e3, free * 1e3))
    }
    let network = Network(fittedTo: points, ranks: group.size)
    group.print("fitted: \(network)")

    // A perceptron, whose gradients are large beside its computation, with several buckets.
    for reproducible in [true, false] {
        for bytes in [25 << 20, 4 << 20] {
            Tern.seed(1)
            let model = Sequential(
                Linear(width, width), ReLU(), Linear(width, width), ReLU(), Linear(width, width), ReLU(),
                Linear(width, 10))
            let parallel = try DataParallel(model, group, bucketByteCount: bytes, reproducible: reproducible)
            let optimizer = SGD(model.parameters, learningRate: 1e-3)
            let (x, labels) = (Tensor.normal([64, width]), Tensor.zeros([64], dtype: .int64))
            let batch = Array(TensorDataset(x, labels).batched(64 / group.size).sharded(by: group))[0]
            let alone = try DataParallel(model, .alone)
            let own = Array(
                TensorDataset(x[..<(64 / group.size)], labels[..<(64 / group.size)]).batched(64).sharded(by: .alone))[0]
            func step(_ parallel: DataParallel, _ batch: ShardedBatch<(Tensor, Tensor)>) throws {
                _ = try parallel.backward(batch) { crossEntropy(model($0), $1) }
                optimizer.step()
                optimizer.zeroGradients()
            }
            for _ in 0..<2 { try step(alone, own) }
            try group.barrier()
            let computing = try seconds(7) { try step(alone, own) }
            for _ in 0..<2 { try step(parallel, batch) }
            try group.barrier()
            let whole = try seconds(7) { try step(parallel, batch) }
            let traffic = parallel.traffic
            let sizes = parallel.bucketByteCounts
            let predicted = network.step(computing: computing, buckets: sizes, ranks: group.size)
            group.print(
                String(
                    format:
                        "step of %d buckets, %@: computing %.1f ms, step %.1f ms (model %.1f), %.1f MB sent, %.0f %% hidden",
                    sizes.count, reproducible ? "fixed tree" : "MPI's order", computing * 1e3, whole * 1e3,
                    predicted * 1e3, traffic.bytesPerStep / 1e6, traffic.hiddenShare * 100))
        }
    }
}

/// What an exchange takes: `latency` for each round and a share of its messages, and the bytes at the network's rate.
struct Network: CustomStringConvertible {
    /// Seconds until a small message is there.
    var latency: Double
    /// Seconds for each further message of a round.
    var perMessage = 0.0
    /// Bytes a second that a rank sends, while it receives as many.
    var bandwidth: Double

    init(latency: Double, perMessage: Double = 0, bandwidth: Double) {
        (self.latency, self.perMessage, self.bandwidth) = (latency, perMessage, bandwidth)
    }

    /// Two rounds for what is agreed and small, and the rate of the largest exchange.
    init(fittedTo points: [(bytes: Double, seconds: Double)], ranks: Int) {
        let share = 2 * Double(ranks - 1) / Double(max(ranks, 1))
        let (small, large) = (points[0], points[points.count - 1])
        latency = small.seconds / 2
        bandwidth = ranks == 1 ? .infinity : share * large.bytes / max(large.seconds - small.seconds, 1e-9)
    }

    var description: String {
        String(format: "latency %.3f ms, %.2f GB/s", latency * 1e3, bandwidth / 1e9)
    }

    /// How ranks exchange gradients.
    enum Way: String, CaseIterable {
        /// Each sends a stretch to each, twice: what a ``FixedTree`` needs.
        case direct
        /// Around a ring, twice.
        case ring
        /// Pairs that double, each time with all bytes.
        case tree
    }

    func exchange(_ bytes: Double, ranks: Int, _ way: Way = .direct) -> Double {
        let n = Double(ranks)
        if ranks == 1 { return 0 }
        let share = 2 * (n - 1) / n * bytes / bandwidth
        switch way {
        case .direct: return 2 * latency + 2 * (n - 2) * perMessage + share
        case .ring: return 2 * (n - 1) * latency + share
        case .tree: return (log2(n)).rounded(.up) * (latency + bytes / bandwidth)
        }
    }

    /// A step: buckets leave one after the other while the second two thirds of it, the backward walk, go on.
    func step(computing: Double, buckets: [Int], ranks: Int, _ way: Way = .direct) -> Double {
        let (total, begin) = (Double(buckets.reduce(0, +)), computing / 3)
        var (done, free) = (0.0, 0.0)
        for bytes in buckets {
            done += Double(bytes)
            let ready = begin + (computing - begin) * done / total
            free = max(ready, free) + exchange(Double(bytes), ranks: ranks, way)
        }
        return max(computing, free) + (ranks > 1 ? latency : 0)
    }
}

/// `distributed-check model`: predictions for 2 to 1,024 ranks, each with as many examples as here one has.
func predict(_ group: Communicator, _ words: [String]) throws {
    if group.rank != 0 { return }
    let networks: [(String, Network)] = [
        ("1 Gbit Ethernet", Network(latency: 50e-6, perMessage: 2e-6, bandwidth: 0.117e9)),
        ("10 Gbit Ethernet", Network(latency: 30e-6, perMessage: 1e-6, bandwidth: 1.15e9)),
        ("100 Gbit InfiniBand", Network(latency: 2e-6, perMessage: 0.3e-6, bandwidth: 11.5e9)),
    ]
    let models: [(String, computing: Double, bytes: Int)] = [
        ("LeNet, 64 examples a rank", 0.8e-3, 246_884), ("ResNet-18, 32 examples a rank", 1.0, 46_800_000),
    ]
    for (name, computing, bytes) in models {
        let sizes = stride(from: 0, to: bytes, by: 25 << 20).map { min(25 << 20, bytes - $0) }
        print("\(name): computing \(computing * 1e3) ms, \(bytes) bytes of gradients; efficiency in percent")
        for (network, link) in networks {
            for way in Network.Way.allCases {
                let row = (1...10).map { power in
                    String(
                        format: "%5.1f",
                        100 * computing / link.step(computing: computing, buckets: sizes, ranks: 1 << power, way))
                }
                print("\(network), \(way.rawValue): " + row.joined(separator: " "))
            }
        }
    }
}
