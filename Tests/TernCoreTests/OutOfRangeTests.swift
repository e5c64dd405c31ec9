import Foundation
import TernCore
import Testing

/// What lies at the ends of what numbers can be.
@Suite("Numbers at the ends of their types")
struct OutOfRangeTests {
    @Test("logSumExp of nothing is -inf, with no gradient")
    func logSumExpOfNothing() {
        #expect(Tensor.zeros([0]).logSumExp() == Tensor(-.infinity))
        #expect(
            Tensor.zeros([2, 0], dtype: .float64).logSumExp(axes: 1) == Tensor([-.infinity, -.infinity] as [Double]))
        #expect(Tensor.zeros([2, 0]).logSumExp(axes: 1, keepAxes: true).shape == [2, 1])
        #expect(Tensor.zeros([2, 0]).logSumExp(axes: 0).shape == [0])
        #expect(valueAndGradient(at: Tensor.zeros([0])) { $0.logSumExp() }.gradient.shape == [0])
    }

    @Test("linspace between the largest numbers keeps even steps", arguments: [2, 3, 4, 5, 9, 10])
    func linspace(_ count: Int) {
        let largest = Double.greatestFiniteMagnitude
        for (start, end) in [(-1e308, 1e308), (largest, -largest), (-largest, largest)] {
            let values = Tensor.linspace(start, end, count: count, dtype: .float64).array(of: Double.self)
            #expect(values.first == start && values.last == end)
            for (index, value) in values.enumerated() {
                let part = Double(index) / Double(count - 1)
                #expect(Swift.abs(value / end - (start / end * (1 - part) + part)) <= 1e-15)
            }
        }
    }

    @Test("uniform over a range that is wider than the largest number", arguments: [DType.float32, .float64])
    func uniform(_ dtype: DType) {
        let largest = dtype == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
        let x = Tensor.uniform([10_000], in: -largest..<largest, dtype: dtype, generator: Generator(seed: 3)) / largest
        let narrow = Tensor.uniform([10_000], in: -1..<1, dtype: dtype, generator: Generator(seed: 3))
        #expect(x.allClose(to: narrow, relativeTolerance: 1e-6, absoluteTolerance: 1e-6))
    }

    @Test(
        "a truncated normal distribution in the tails has its density there",
        arguments: [
            (9, 20), (0.5, 3), (4, .infinity), (30, 36), (-20, -9), (-36, -34.5), (-.infinity, -36),
        ] as [(Double, Double)])
    func tails(_ low: Double, _ high: Double) {
        let (u, z) = tail(low...high)
        // The probability beyond a value, as a part of that beyond the bound nearer to 0.
        let (near, far) = low > 0 ? (low, high) : (-high, -low)
        let whole = erfc(near / 2.0.squareRoot())
        let rest = erfc(far / 2.0.squareRoot()) / whole
        for (u, z) in zip(u, z) {
            let part = erfc(Swift.abs(z) / 2.0.squareRoot()) / whole
            let expected = low > 0 ? 1 - u * (1 - rest) : rest + u * (1 - rest)
            #expect(Swift.abs(part - expected) <= 1e-11 * expected, "\(u) \(z)")
        }
    }

    @Test("also where probabilities underflow", arguments: [40.0, 1e3, 1e8])
    func farTails(_ bound: Double) {
        // Near a far bound the density falls as e^(-bound x): z = bound - log(1 - u) / bound, with an error of 1 / bound^2 of
        // that.
        for isUpper in [true, false] {
            let range = isUpper ? bound...(.infinity) : -.infinity...(-bound)
            let (u, z) = tail(range)
            for (u, z) in zip(u, z) {
                let beyond = -log(isUpper ? 1 - u : u)
                let error = (Swift.abs(z) - bound) * bound / beyond - 1
                #expect(
                    Swift.abs(error) <= (beyond + 2) / (bound * bound) + 1e-15 * bound * bound / beyond, "\(u) \(z)")
            }
        }
        let (_, z) = tail(bound...bound + 1 / bound)
        #expect(z.allSatisfy { (bound...bound + 1 / bound).contains($0) } && Set(z).count > (bound < 1e4 ? 900 : 0))
    }

    /// Even numbers, and what becomes of them.
    private func tail(_ bounds: ClosedRange<Double>) -> ([Double], [Double]) {
        let u = Tensor.uniform([1000], dtype: .float64, generator: Generator(seed: 5))
        let z = Tensor.truncatedNormal([1000], bounds: bounds, dtype: .float64, generator: Generator(seed: 5))
        return (u.array(), z.array())
    }

    @Test("maximum and minimum give the gradient beside NaN to both, and half of it to equals")
    func besideNaN() {
        let (x, y) = (Tensor([1, .nan, 2, .nan, 3]), Tensor([.nan, 1, 2, .nan, 4]))
        // torch.maximum and torch.minimum, 2.13
        let larger = valueAndGradient(at: [x, y]) { maximum($0[0], $0[1]).sum() }.gradients
        #expect(larger == [Tensor([1, 1, 0.5, 1, 0]), Tensor([1, 1, 0.5, 1, 1])])
        let smaller = valueAndGradient(at: [x, y]) { minimum($0[0], $0[1]).sum() }.gradients
        #expect(smaller == [Tensor([1, 1, 0.5, 1, 1]), Tensor([1, 1, 0.5, 1, 0])])
    }

    @Test("a tensor of rank 0 counts in promotion as any other, as in NumPy")
    func promotion() {
        let product = Tensor([2, 3]) * Tensor(3, dtype: .float64)
        #expect(product.dtype == .float64 && product == Tensor([6, 9], dtype: .float64))
    }

    @Test("square, abs, sign, relu, floor and powers of bool are int64, as sums and products are")
    func bool() {
        let x = Tensor([true, false])
        let expected = Tensor([1, 0], dtype: .int64)
        for result in [
            square(x), abs(x), sign(x), relu(x), floor(x), pow(x, 2), pow(x, Tensor([true])), x * x,
            floorDivide(x, Tensor([true])),
        ] { #expect(result == expected) }
        #expect(x + 1 == Tensor([2, 1], dtype: .int64))
    }

    @Test("conversion saturates floats, and keeps the low bits of integers", arguments: [DType.float32, .float64])
    func conversion(_ dtype: DType) {
        let x = Tensor([-1.5, 1.5, 300, -1e30, 1e30, .infinity, -.infinity, .nan], dtype: dtype)
        #expect(x.converted(to: .uint8) == Tensor([0, 1, 255, 0, 255, 255, 0, 0], dtype: .uint8))
        let wide: [Int32] = [-1, 1, 300, .min, .max, .max, .min, 0]
        #expect(x.converted(to: .int32) == Tensor(wide))
        #expect(
            x.converted(to: .int64).array(of: Int64.self) == [-1, 1, 300, .min, .max, .max, .min, 0])
        let integers = Tensor([-1, 300, 1 << 32 + 7, .max, .min] as [Int])
        #expect(integers.converted(to: .uint8) == Tensor([255, 44, 7, 255, 0], dtype: .uint8))
        #expect(integers.converted(to: .int32) == Tensor([-1, 300, 7, -1, 0], dtype: .int32))
        #expect(integers.converted(to: .bool).all().item(as: Bool.self))
    }
}
