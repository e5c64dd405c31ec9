import TernCore
import TernNN
import Testing

@Suite("Initializers")
struct InitializerTests {
    @Test("fans are those of the weight")
    func fans() {
        #expect(Fans(of: [120, 400]) == Fans(fanIn: 400, fanOut: 120))
        #expect(Fans(of: [16, 6, 5, 5]) == Fans(fanIn: 150, fanOut: 400))
    }

    static let cases: [(String, Initializer, deviation: Double, bound: Double?)] = [
        ("kaimingUniform", .kaimingUniform(), (2.0 / 300).squareRoot(), (6.0 / 300).squareRoot()),
        ("kaimingNormal", .kaimingNormal(), (2.0 / 300).squareRoot(), nil),
        ("kaimingNormal fanOut", .kaimingNormal(.fanOut, gain: .linear), (1.0 / 500).squareRoot(), nil),
        ("xavierUniform", .xavierUniform(), (2.0 / 800).squareRoot(), (6.0 / 800).squareRoot()),
        ("xavierNormal", .xavierNormal(gain: .tanh), 5.0 / 3 * (2.0 / 800).squareRoot(), nil),
        ("lecunUniform", .lecunUniform(), (1.0 / 300).squareRoot(), (3.0 / 300).squareRoot()),
        ("lecunNormal", .lecunNormal(), (1.0 / 300).squareRoot(), nil),
        ("layerDefault", .layerDefault, (1.0 / 900).squareRoot(), (1.0 / 300).squareRoot()),
        ("uniform", .uniform(-2, 2), (16.0 / 12).squareRoot(), 2),
        ("normal", .normal(standardDeviation: 0.3), 0.3, nil),
        ("truncatedNormal", .truncatedNormal(standardDeviation: 0.1), 0.1 * 0.87962566, 0.2),
    ]

    @Test("random values have the stated deviation, mean and bound", arguments: cases)
    func moments(name: String, initializer: Initializer, deviation: Double, bound: Double?) {
        let values = initializer([500, 300], dtype: .float64, generator: Generator(seed: 1)).array(of: Double.self)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        #expect(abs(mean) < 5 * deviation / 387)
        #expect(abs(variance.squareRoot() / deviation - 1) < 0.01)
        if let bound { #expect(values.allSatisfy { abs($0) <= bound }) }
        if let bound { #expect(values.contains { abs($0) > 0.99 * bound }) }
    }

    @Test("the same seed gives the same values")
    func seeds() {
        let a = Initializer.kaimingUniform()([4, 4], generator: Generator(seed: 3))
        #expect(a == Initializer.kaimingUniform()([4, 4], generator: Generator(seed: 3)))
        #expect(a != Initializer.kaimingUniform()([4, 4], generator: Generator(seed: 4)))
    }

    @Test("constants", arguments: [(Initializer.zeros, 0.0), (.ones, 1), (.constant(0.25), 0.25)])
    func constants(initializer: Initializer, value: Double) {
        #expect(initializer([2, 3]).array(of: Double.self) == Array(repeating: value, count: 6))
    }

    @Test("an orthogonal matrix has orthonormal rows or columns", arguments: [[3, 5], [5, 3], [4, 4], [6, 2, 2]])
    func orthogonal(shape: [Int]) {
        let matrix = Initializer.orthogonal(gain: Gain(2))(Shape(shape), dtype: .float64).flattened(from: 1)
        let product = matrix.shape[0] <= matrix.shape[1] ? matmul(matrix, matrix.T) : matmul(matrix.T, matrix)
        let difference = product - Tensor.eye(product.shape[0], dtype: .float64) * 4
        #expect(difference.array(of: Double.self).allSatisfy { abs($0) < 1e-12 })
    }
}
