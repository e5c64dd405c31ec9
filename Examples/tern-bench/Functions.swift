import Foundation
import Tern

/// A function that `functions_torch.py` times in PyTorch by the same name.
private struct Timed {
    let name: String
    let inputs: [Tensor]
    let call: ([Tensor]) -> Tensor
    /// Whether gradients of the floating-point inputs are taken, too.
    var isDifferentiated = true

    init(_ name: String, _ inputs: [Tensor], isDifferentiated: Bool = true, _ call: @escaping ([Tensor]) -> Tensor) {
        (self.name, self.inputs, self.call, self.isDifferentiated) = (name, inputs, call, isDifferentiated)
    }

    /// Milliseconds of a call, with its backward.
    func measure() -> Double {
        let variables = inputs.map { $0.dtype.isFloatingPoint && isDifferentiated ? Variable($0) : nil }
        let seed = Tensor.ones(like: call(inputs))
        func step() {
            let result = call(zip(inputs, variables).map { $1?.value ?? $0 })
            if !isDifferentiated { return }
            result.backward(seed)
            for variable in variables { variable?.gradient = nil }
        }
        let once = seconds { step() }
        return nanoseconds(rounds: 7, calls: max(1, Int(0.03 / once)), step) * 1e-6
    }
}

private func functions() -> [Timed] {
    Tern.seed(0)
    var list: [Timed] = []
    for (n, c, o, l, k) in [(32, 64, 64, 256, 3), (16, 128, 128, 1024, 5), (8, 16, 32, 64, 3)] {
        list.append(
            Timed("conv1d [\(n), \(c), \(l)] -> \(o), kernel \(k)", [.normal([n, c, l]), .normal([o, c, k])]) {
                conv1d($0[0], $0[1], padding: Padding1d(k / 2))
            })
    }
    for (n, c, o, size) in [(16, 64, 32, 14), (32, 64, 64, 7), (8, 128, 64, 28)] {
        list.append(
            Timed(
                "convTranspose2d [\(n), \(c), \(size), \(size)] -> \(o), kernel 4",
                [
                    .normal([n, c, size, size]), .normal([c, o, 4, 4]),
                ]
            ) { convTranspose2d($0[0], $0[1], stride: 2, padding: 1) })
    }
    for (n, c, size, stride) in [(32, 64, 56, 1), (32, 256, 14, 1), (8, 32, 112, 2)] {
        list.append(
            Timed(
                "depthwise conv2d [\(n), \(c), \(size), \(size)], stride \(stride)",
                [
                    .normal([n, c, size, size]), .normal([c, 1, 3, 3]),
                ]
            ) { conv2d($0[0], $0[1], stride: Size2d(stride), padding: 1, groups: c) })
    }
    for (rows, columns) in [(32, 128), (4096, 768), (4096, 4096)] {
        list.append(
            Timed("layerNorm [\(rows), \(columns)]", [.normal([rows, columns]), .ones([columns]), .zeros([columns])]) {
                layerNorm($0[0], weight: $0[1], bias: $0[2])
            })
    }
    for (n, l) in [(8, 32), (4, 256), (1, 2048)] {
        let shape: Shape = [n, 8, l, 64]
        for isCausal in [false, true] {
            list.append(
                Timed(
                    "attention [\(n), 8, \(l), 64]\(isCausal ? ", causal" : "")",
                    [
                        .normal(shape), .normal(shape), .normal(shape),
                    ]
                ) { scaledDotProductAttention($0[0], $0[1], $0[2], isCausal: isCausal) })
        }
    }
    for (rows, columns, count) in [(1000, 64, 1024), (30_000, 128, 4096), (100_000, 256, 4096)] {
        let ids = Tensor.randomIntegers([count], in: 0..<rows)
        list.append(
            Timed("embedding [\(rows), \(columns)] of \(count)", [ids, .normal([rows, columns])]) {
                embedding($0[0], $0[1])
            })
    }
    for size in [32, 128, 256] {
        let batched: Shape = [8, size, size]
        list.append(
            Timed("einsum ij,jk->ik \(size)", [.normal([size, size]), .normal([size, size])]) {
                einsum("ij,jk->ik", $0[0], $0[1])
            })
        list.append(
            Timed("einsum bij,bjk->bik \(size)", [.normal(batched), .normal(batched)]) {
                einsum("bij,bjk->bik", $0[0], $0[1])
            })
        list.append(
            Timed("einsum bihd,bjhd->bhij \(size)", [.normal([2, size, 4, 32]), .normal([2, size, 4, 32])]) {
                einsum("bihd,bjhd->bhij", $0[0], $0[1])
            })
        list.append(
            Timed(
                "einsum bi,ijk,bj->bk \(size)",
                [.normal([16, size]), .normal([size, size, 16]), .normal([16, size])]
            ) { einsum("bi,ijk,bj->bk", $0[0], $0[1], $0[2]) })
    }
    for size in [10_000, 100_000, 1_000_000] {
        let x = Tensor.normal([size])
        list.append(Timed("sort \(size)", [x], isDifferentiated: false) { $0[0].sorted().values })
        list.append(Timed("topK 100 of \(size)", [x], isDifferentiated: false) { $0[0].topK(100).values })
        list.append(Timed("mask \(size)", [x, x .> 0]) { $0[0].masked(by: $0[1]) })
    }
    for (n, c, size, scaled) in [(8, 64, 28, 56), (4, 3, 224, 448), (4, 3, 448, 224)] {
        for (mode, name) in [(InterpolationMode.nearest, "nearest"), (.linear, "bilinear"), (.bicubic, "bicubic")] {
            list.append(
                Timed(
                    "interpolate \(name) [\(n), \(c), \(size), \(size)] -> \(scaled)", [.normal([n, c, size, size])]
                ) { interpolated($0[0], size: [scaled], mode: mode) })
        }
    }
    for size in [16, 64, 512] {
        let x = Tensor.normal([size, size])
        let positive = matmul(x, x.T) + Tensor.eye(size) * Double(size)
        list.append(Timed("cholesky \(size)", [positive]) { Linalg.cholesky($0[0]) })
        list.append(Timed("svd \(size)", [x]) { Linalg.svd($0[0]).s })
        list.append(Timed("svdvals \(size)", [x], isDifferentiated: false) { Linalg.svdvals($0[0]) })
        list.append(Timed("eigh \(size)", [positive]) { Linalg.eigh($0[0]).values })
    }
    for (rows, columns) in [(1, 1_000_000), (1000, 1000)] {
        let x = Tensor.normal([rows, columns])
        let integers = Tensor.randomIntegers([rows, columns], in: 0..<1_000_000_000)
        list.append(Timed("cummax [\(rows), \(columns)]", [x]) { $0[0].cumulativeMax(axis: 1).values })
        list.append(
            Timed("topK 10 of int64 [\(rows), \(columns)]", [integers], isDifferentiated: false) {
                $0[0].topK(10).values
            })
        list.append(
            Timed("histogram [\(rows), \(columns)]", [x], isDifferentiated: false) {
                histogram($0[0], bins: 100).counts
            })
    }
    for size in [1, 7] {
        list.append(
            Timed("adaptiveAvgPool3d [4, 16, 16, 28, 28] -> \(size)", [.normal([4, 16, 16, 28, 28])]) {
                adaptiveAvgPool3d($0[0], Size3d(size))
            })
    }
    for rate in [0.5, 4, 30] {
        let rates = Tensor.full([100_000], rate)
        list.append(Timed("poisson \(rate)", [rates], isDifferentiated: false) { poisson($0[0]) })
        list.append(Timed("gamma \(rate)", [rates], isDifferentiated: false) { gamma($0[0]) })
    }
    for (steps, n, classes, labels) in [(50, 16, 30, 10), (100, 32, 30, 25), (100, 16, 80, 40), (400, 32, 80, 100)] {
        let targets = Tensor.randomIntegers([n, labels], in: 1..<classes)
        list.append(
            Timed("ctcLoss [\(steps), \(n), \(classes)], \(labels) labels", [logSoftmax(.normal([steps, n, classes]))])
            {
                ctcLoss($0[0], targets)
            })
    }
    for levels in [0, 100] {
        let scores = Tensor.uniform([1_000_000])
        let labels = Tensor.randomIntegers([1_000_000], in: 0..<2)
        list.append(
            Timed(
                "rocAUC of 1000000, \(levels == 0 ? "all" : "\(levels)") scores differ",
                [levels == 0 ? scores : round(scores * Double(levels)), labels], isDifferentiated: false
            ) { Tensor(rocAUC($0[0], $0[1])) })
    }
    return list
}

/// Times functions forward and backward. The same in PyTorch: `python Examples/tern-bench/functions_torch.py`.
func timeFunctions(_ pattern: String, json: Bool) {
    for function in functions() where pattern.isEmpty || function.name.contains(pattern) {
        let time = function.measure()
        if json {
            print("{\"function\": \"\(function.name)\", \"ms\": \(time)}")
        } else {
            print(function.name.padding(toLength: 52, withPad: " ", startingAt: 0) + String(format: "%10.4f ms", time))
        }
    }
}
