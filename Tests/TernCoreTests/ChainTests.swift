import TernCore
import TernTestSupport
import Testing

@Suite("Elementwise functions in chains and beside numbers")
struct ChainTests {
    @Test("a method computes what the function of its name computes")
    func methods() {
        let x = numbers([3, 5], dtype: .float32)
        let pairs: [(Tensor, Tensor)] = [
            (x.abs(), abs(x)), (x.sign(), sign(x)), (x.square(), square(x)), (x.reciprocal(), reciprocal(x)),
            (x.abs().sqrt(), sqrt(abs(x))), (x.square().rsqrt(), rsqrt(square(x))), (x.pow(3), pow(x, 3)),
            (x.abs().pow(x), pow(abs(x), x)), (x.exp(), exp(x)), (x.expm1(), expm1(x)), (x.abs().log(), log(abs(x))),
            (x.abs().log1p(), log1p(abs(x))), (x.sin(), sin(x)), (x.cos(), cos(x)), (x.tanh(), tanh(x)),
            (x.erf(), erf(x)), (x.floor(), floor(x)), (x.ceil(), ceil(x)), (x.round(), round(x)),
            (x.clamp(min: -1, max: 1), clamp(x, min: -1, max: 1)), (x.clamp(min: 0), maximum(x, 0)),
            (x.clamp(max: 0.5), minimum(0.5, x)), (x.relu(), relu(x)), (x.sigmoid(), sigmoid(x)), (x.silu(), silu(x)),
            (x.softplus(), softplus(x)), (x.gelu(), gelu(x)),
            (x.gelu(approximation: .tanh), gelu(x, approximation: .tanh)),
            (x.clamp(min: x * 0.5, max: x * 0.5), x * 0.5), (x.clamp(min: x * 2), maximum(x, x * 2)),
            (x.clamp(max: x * 2), minimum(x, x * 2)),
        ]
        for (method, function) in pairs + [
            (x.tan(), tan(x)), (x.tanh().asin(), asin(tanh(x))), (x.tanh().acos(), acos(tanh(x))), (x.atan(), atan(x)),
            (x.sinh(), sinh(x)), (x.cosh(), cosh(x)), (x.asinh(), asinh(x)), (x.cosh().acosh(), acosh(cosh(x))),
            (x.tanh().atanh(), atanh(tanh(x))), (x.abs().log2(), log2(abs(x))), (x.abs().log10(), log10(abs(x))),
            (x.exp2(), exp2(x)), (x.trunc(), trunc(x)), (x.frac(), frac(x)), (x.mish(), mish(x)), (x.relu6(), relu6(x)),
            (x.logSigmoid(), logSigmoid(x)), (x.nanToNumber(), x),
        ] as [(Tensor, Tensor)] { #expect(method == function) }
        for (method, function) in pairs { #expect(method == function) }
        // The tensor stays as it is: a consuming method that reuses memory has a copy of its own.
        let values = x.array(of: Float.self)
        _ = (x.exp(), x.relu(), x.sigmoid(), x.tanh(), x.reciprocal())
        #expect(x.array(of: Float.self) == values)
    }

    @Test("maximum and minimum take a number on either side")
    func extrema() {
        let x = Tensor([-1, 0.5, .nan])
        #expect(maximum(x, 0).array(of: Float.self).description == "[0.0, 0.5, nan]")
        #expect(minimum(0, x).array(of: Float.self).description == "[-1.0, 0.0, nan]")
        #expect(maximum(1.5, Tensor([1, 2], dtype: .int64)) == Tensor([1.5, 2]))
        #expect(maximum(Tensor([UInt8(1), 200]), 300) == Tensor([UInt8(255), 255]))
        #expect(maximum(Tensor([UInt8(1), 200]), -5) == Tensor([UInt8(1), 200]))
        #expect(minimum(100, Tensor([UInt8(1), 200])) == Tensor([UInt8(1), 100]))
        #expect(maximum(Tensor([true, false]), 0).dtype == .int64)
        #expect(maximum(Tensor([1], dtype: .float16), 2.5) == Tensor([2.5], dtype: .float16))
    }

    @Test(".nan and .infinity are numbers beside tensors")
    func special() {
        let x = Tensor([1, .infinity, -.infinity])
        #expect((x .== .infinity).array(of: Bool.self) == [false, true, false])
        #expect(minimum(x, .infinity) == x)
        #expect((x * .nan).isNaN().all().item(as: Bool.self))
        #expect(which(x .> 0, x, .nan)[2].item().isNaN)
        #expect(which(x .> 0, 1, 0) == Tensor([1, 1, 0], dtype: .int64))
        #expect(which(x .> 0, 1, 0.5) == Tensor([1, 1, 0.5]))
        #expect((Tensor([0]) + .infinity).item() == .infinity && (.infinity - Tensor([0])).item() == .infinity)
        #expect(Double.infinity == Tensor(.infinity).item() && Float.nan.isNaN)
    }

    @Test("clamp between tensors hands NaN on, and the upper bound wins")
    func tensorBounds() {
        let x = Tensor([-1, 0.5, 3, .nan, 0])
        let clamped = clamp(x, min: Tensor([0, 1, 2, 0, .nan]), max: Tensor(2)).array(of: Float.self)
        #expect(clamped.description == "[0.0, 1.0, 2.0, nan, nan]")
        #expect(clamp(Tensor([1]), min: Tensor([5]), max: Tensor([4])) == Tensor([4]))
        #expect(clamp(Tensor([1], dtype: .int32), min: Tensor([5], dtype: .int64)) == Tensor([5], dtype: .int64))
        #expect(clamp(Tensor([1, 2]), min: Tensor([[0], [5]])).shape == [2, 2])
        // torch.clamp's gradients.
        let (c, low, high) = (Tensor([1, 2, 3.0]), Tensor([2, 2, 1.0]), Tensor([1, 3, 3.0]))
        let all = valueAndGradient(at: [c, low, high]) { clamp($0[0], min: $0[1], max: $0[2]).sum() }.gradients
        #expect(all == [Tensor([0, 1, 1]), Tensor([0, 0, 0]), Tensor([1, 0, 0])])
        let below = valueAndGradient(at: [c, low]) { clamp($0[0], min: $0[1]).sum() }.gradients
        #expect(below == [Tensor([0, 1, 1]), Tensor([1, 0, 0])])
    }

    @Test("bounds that do not broadcast stop with their shapes")
    func mistakes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = clamp(Tensor.zeros([2]), min: Tensor.zeros([3]))
        }
        expectMessage("clamp: cannot broadcast shapes [2] and [3]", in: result)
    }
}
