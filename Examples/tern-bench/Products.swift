import Foundation
import Tern
import TernCore

/// A product of `m` x `k` and `k` x `n`, with operands transposed as a layer has them.
private struct Product {
    let name: String
    let (m, k, n): (Int, Int, Int)
    var transposesA = false
    var transposesB = false
}

/// Square products, and those of the workloads: rows x inner x columns. `products_python.py` times the same.
private let products: [Product] =
    [64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048].map { Product(name: "square", m: $0, k: $0, n: $0) }
    + [
        linear("mlp", 128, 784, 512), linear("mlp", 128, 512, 256), linear("mlp", 128, 256, 10),
        linear("fnn", 32, 3072, 200), linear("fnn", 32, 200, 150), linear("fnn", 32, 150, 10),
        linear("lenet", 64, 400, 120), linear("lenet", 64, 120, 84), linear("cnn", 32, 4096, 128),
        linear("gpt", 2048, 128, 384), linear("gpt", 2048, 128, 512), linear("gpt", 2048, 512, 128),
        linear("lstm", 1792, 28, 512), linear("gru", 1280, 64, 288), linear("gan", 64, 64, 3136),
    ].flatMap { $0 }

/// The products of a linear layer's forward pass and of the gradients of its weights and inputs.
private func linear(_ name: String, _ batch: Int, _ inputs: Int, _ outputs: Int) -> [Product] {
    [
        Product(name: "\(name) forward", m: batch, k: inputs, n: outputs, transposesB: true),
        Product(name: "\(name) weights", m: outputs, k: batch, n: inputs, transposesA: true),
        Product(name: "\(name) inputs", m: batch, k: outputs, n: inputs),
    ]
}

/// Times matrix products, with the share of what the machine's multiplications and additions alone would reach.
func timeProducts(json: Bool) {
    let limit = json ? 0 : MachineLimits.multiplyAddRate()
    for product in products {
        let (m, k, n) = (product.m, product.k, product.n)
        var a = Tensor.uniform(product.transposesA ? [k, m] : [m, k])
        var b = Tensor.uniform(product.transposesB ? [n, k] : [k, n])
        if product.transposesA { a = a.T }
        if product.transposesB { b = b.T }
        let operations = 2 * Double(m * k * n)
        let time = nanoseconds(rounds: operations > 1e9 ? 7 : 30, calls: max(1, Int(2e7 / operations))) {
            _ = matmul(a, b)
        }
        let name = "\(product.name) \(m)x\(k)x\(n)"
        if json {
            print("{\"function\": \"\(name)\", \"ms\": \(time * 1e-6)}")
        } else {
            print(
                name.padding(toLength: 28, withPad: " ", startingAt: 0)
                    + String(
                        format: "%9.1f us %8.1f GFLOP/s %4.0f %%", time * 1e-3, operations / time,
                        100 * operations / time * 1e9 / limit))
        }
    }
}
