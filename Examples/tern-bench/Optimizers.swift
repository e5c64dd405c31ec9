import Foundation
import Tern

/// What `optimizers_torch.py` times in PyTorch by the same names, and what PyTorch has not.
private let variants: [(name: String, settings: [String: Double])] =
    optimizerNames.map { ($0, $0 == "sgd" ? ["learningRate": 1e-3] : [:]) } + [
        ("sgd momentum", ["learningRate": 1e-3, "momentum": 0.9]), ("adam amsgrad", ["amsgrad": 1]),
        ("rmsprop centered momentum", ["centered": 1, "momentum": 0.9]),
    ]

private func parameters() -> [Parameter] {
    Tern.seed(0)
    return (0..<10).map { _ in
        let parameter = Parameter(Tensor.normal([1000, 1000]))
        parameter.gradient = Tensor.normal([1000, 1000])
        return parameter
    }
}

/// Milliseconds of the shortest of many calls, after the first.
private func milliseconds(rounds: Int? = nil, _ step: () -> Void) -> Double {
    step()
    let once = seconds(step)
    return nanoseconds(rounds: rounds ?? max(3, min(30, Int(1 / once))), calls: 1, step) * 1e-6
}

/// Times a step of each optimizer on ten parameters [1000, 1000]. The same in PyTorch:
/// `python Examples/tern-bench/optimizers_torch.py`.
func timeOptimizers(_ pattern: String, json: Bool) throws {
    func show(_ name: String, _ time: Double) {
        if json {
            print("{\"function\": \"\(name)\", \"ms\": \(time)}")
        } else {
            print(name.padding(toLength: 52, withPad: " ", startingAt: 0) + String(format: "%10.4f ms", time))
        }
    }
    for (name, settings) in variants.sorted(by: { $0.name < $1.name }) where name.contains(pattern) || pattern.isEmpty {
        let optimizer = try makeOptimizer(String(name.prefix { $0 != " " }), parameters(), settings: settings)
        show(name, milliseconds { optimizer.step() })
    }
    if pattern.isEmpty || "lbfgs".contains(pattern) {
        let parameters = parameters()
        let optimizer = LBFGS(parameters, learningRate: 0.1, maximumIterations: 5, historySize: 10)
        let time = milliseconds(rounds: 3) {
            optimizer.step {
                parameters.dropFirst().reduce(square(parameters[0].value).sum()) { $0 + square($1.value).sum() }
            }
        }
        show("lbfgs", time)
    }
}
