import Foundation
import TernCore

extension Initializer.Request {
    func uniform(_ low: Double, _ high: Double) -> Tensor {
        var stream = generator
        let values = (0..<shape.elements).map { _ in Double.random(in: low..<high, using: &stream) }
        return Tensor(shape: shape, values: values).converted(to: dtype)
    }

    func normal(_ mean: Double, _ standardDeviation: Double) -> Tensor {
        var stream = generator
        // Box and Muller.
        let values = (0..<shape.elements).map { _ in
            let radius = (-2 * log(Double.random(in: .leastNonzeroMagnitude..<1, using: &stream))).squareRoot()
            let angle = Double.random(in: 0..<2 * .pi, using: &stream)
            return mean + standardDeviation * radius * cos(angle)
        }
        return Tensor(shape: shape, values: values).converted(to: dtype)
    }
}
