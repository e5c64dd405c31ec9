import TernCore
import Testing

private func gradient(at values: [Double], _ function: (Tensor) -> Tensor) -> [Double] {
    valueAndGradient(at: Tensor(values, dtype: .float64)) { function($0).sum() }.gradient.array(of: Double.self)
}

@Suite("Where functions bend, gradients follow PyTorch")
struct SubgradientTests {
    @Test("relu, abs and norm have slope 0 at 0, leakyRelu its slope, sqrt an infinite one")
    func atZero() {
        #expect(gradient(at: [0, -1, 1]) { relu($0) } == [0, 0, 1])
        #expect(gradient(at: [0, -1, 1]) { abs($0) } == [0, -1, 1])
        #expect(gradient(at: [0, 0]) { $0.norm() } == [0, 0])
        #expect(gradient(at: [0, 0]) { $0.norm(3) } == [0, 0])
        #expect(gradient(at: [0, 2]) { leakyRelu($0, slope: 0.2) } == [0.2, 1])
        #expect(gradient(at: [0]) { sqrt($0) } == [.infinity])
        #expect(gradient(at: [2, 2]) { $0.standardDeviation() } == [0, 0])
    }

    @Test("clamp passes gradients at its bounds")
    func clamps() {
        #expect(gradient(at: [-2, -1, 0, 1, 2]) { clamp($0, min: -1, max: 1) } == [0, 1, 1, 1, 0])
    }

    @Test("activations of pieces have PyTorch's slopes where the pieces meet")
    func pieces() {
        #expect(gradient(at: [0, 3, 6]) { relu6($0) } == [0, 1, 0])
        #expect(gradient(at: [-1, 0, 1]) { hardTanh($0) } == [0, 1, 0])
        #expect(gradient(at: [-3, 0, 3]) { hardSigmoid($0) * 6 } == [0, 1, 0])
        #expect(gradient(at: [-3, 0, 3]) { hardSwish($0) } == [0, 0.5, 1])
        #expect(gradient(at: [-0.5, 0.5, 1]) { softshrink($0) } == [0, 0, 1])
        #expect(gradient(at: [-0.5, 0.5, 1]) { hardshrink($0) } == [0, 0, 1])
        #expect(gradient(at: [0.5, 1]) { threshold($0, 0.5, 3) } == [0, 1])
        #expect(gradient(at: [0, 1]) { prelu($0, Tensor([0.25], dtype: .float64)) } == [0.25, 1])
        #expect(gradient(at: [0, 1]) { selu($0) } == [1.7580993408473768, 1.0507009873554805])
        #expect(gradient(at: [0, 1]) { celu($0, alpha: 2) } == [1, 1])
        #expect(gradient(at: [0]) { hypot($0, 0) } == [0] && gradient(at: [0]) { atan2($0, 0) } == [0])
        #expect(gradient(at: [0, -2]) { copysign($0, 1) } == [0, -1])
        #expect(gradient(at: [.nan, .infinity, 1]) { nanToNumber($0) } == [0, 0, 1])
        for function in [relu6, { hardTanh($0) }, { hardshrink($0) }, { softshrink($0) }] as [(Tensor) -> Tensor] {
            #expect(gradient(at: [.nan]) { function($0) } == [1])
        }
    }

    @Test("ties of maximum, minimum, max and min share evenly")
    func ties() {
        let (a, b) = (Tensor([1, 3, 2], dtype: .float64), Tensor([1, 2, 3], dtype: .float64))
        for function in [maximum, minimum] as [(Tensor, Tensor) -> Tensor] {
            let gradients = valueAndGradient(at: [a, b]) { function($0[0], $0[1]).sum() }.gradients
            #expect(gradients[0][0].item() == 0.5)
            #expect(gradients[0] + gradients[1] == Tensor([1, 1, 1], dtype: .float64))
        }
        #expect(gradient(at: [2, 1, 2, 2]) { $0.max() * 3 } == [1, 0, 1, 1])
        #expect(gradient(at: [1, 1, 2]) { $0.min(axes: 0) } == [0.5, 0.5, 0])
    }

    @Test("products with zeros have the derivatives of the others' product")
    func products() {
        #expect(gradient(at: [0, 2, 3]) { $0.product() } == [6, 0, 0])
        #expect(gradient(at: [0, 0, 3]) { $0.product() } == [0, 0, 0])
        #expect(gradient(at: [4]) { $0.product() } == [1])
    }

    @Test("the derivative of x^0 at 0 is 0, and so are the derivatives of that")
    func powers() throws {
        #expect(gradient(at: [0, 2]) { pow($0, 0) } == [0, 0])
        #expect(gradient(at: [0, 0, 0]) { pow($0, Tensor([0, 1, 2], dtype: .float64)) } == [0, 1, 0])
        #expect(gradient(at: [0, 1, 2]) { pow(Tensor([0, 0, 0], dtype: .float64), $0) } == [0, 0, 0])
        #expect(gradient(at: [0]) { x in valueAndGradient(at: x) { pow($0, 0).sum() }.gradient } == [0])
        #expect(gradient(at: [0]) { x in valueAndGradient(at: x) { pow($0, 1).sum() }.gradient } == [0])
    }

    @Test("steps have slope 0")
    func steps() {
        #expect(gradient(at: [-0.5, 1.5]) { sign($0) + floor($0) + ceil($0) + round($0) } == [0, 0])
    }

    @Test("NaN goes through relu, clamp and maximum; argmax finds it; softmax of -inf and std of one value are NaN")
    func nan() {
        let x = Tensor([1, .nan, 2])
        #expect(relu(x)[1].item().isNaN)
        #expect(clamp(x, min: 0, max: 1)[1].item().isNaN)
        #expect(maximum(x, Tensor([5, 5, 5]))[1].item().isNaN)
        #expect(x.max().item().isNaN)
        #expect(x.argmax().item() == 1)
        #expect(x.argmin().item() == 1)
        #expect(softmax(Tensor([-.infinity, -.infinity])).isNaN().all().item(as: Bool.self))
        #expect(Tensor([3]).standardDeviation().item().isNaN)
    }
}
