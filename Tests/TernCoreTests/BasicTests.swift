import TernCore
import Testing

@Test("sums, products and broadcasting follow NumPy")
func basics() {
    let x: Tensor = [[1, 2, 3], [4, 5, 6]]
    #expect(x.sum().item() == 21)
    #expect((x * 2).sum(axes: 0) == [10, 14, 18])
    #expect((x + Tensor([10, 20, 30])).array(of: Float.self) == [11, 22, 33, 14, 25, 36])
    #expect(x.T.sum(axes: 1) == [5, 7, 9])
}

@Test("a tape gives gradients, also of gradients")
func tape() {
    let outer = GradientTape()
    let x = outer.watch(Tensor(3))
    let second = outer.record {
        let inner = GradientTape()
        let y = inner.record { x * x * x }
        return inner.gradient(of: y, with: x)!
    }
    #expect(second.item() == 27)
    #expect(outer.gradient(of: second, with: x)!.item() == 18)
}

@Suite("Memory of tensors that are given away")
struct GivenAwayTests {
    private func address(_ tensor: Tensor) -> Int {
        tensor.withUnsafeBuffer(of: Float.self) { Int(bitPattern: $0.baseAddress) }
    }

    private static let activations: [(String, @Sendable (consuming Tensor) -> Tensor)] = [
        ("relu", { relu($0) }), ("leakyRelu", { leakyRelu($0, slope: 0.3) }), ("sigmoid", { sigmoid($0) }),
        ("tanh", { tanh($0) }), ("exp", { exp($0) }), ("sqrt", { sqrt($0) }),
    ]

    @Test("an activation writes its result over the argument if nobody else sees that", arguments: 0..<6)
    func reuse(_ index: Int) {
        let activation = Self.activations[index].1
        let x = Tensor([0.5, 1.5, 2.5])
        let given = x + 1
        let place = address(given)
        #expect(address(activation(consume given)) == place)
    }

    @Test("an argument that is used again, or shares memory with another tensor, stays as it was", arguments: 0..<6)
    func keep(_ index: Int) {
        let activation = Self.activations[index].1
        let x = Tensor([0.5, 1.5, 2.5])
        let (kept, result) = (x + 1, activation(x + 1))
        let view = kept[1...]
        #expect(activation(kept) == result)
        #expect(kept == Tensor([1.5, 2.5, 3.5]))
        #expect(activation(view) == result[1...])
        #expect(kept == Tensor([1.5, 2.5, 3.5]))
    }

    @Test("a gradient that the caller keeps stays as it was")
    func gradient() {
        let x = Variable(Tensor([-1, 2]))
        let gradient = Tensor([3, 5])
        leakyRelu(x.value, slope: 0.5).backward(gradient)
        #expect(x.gradient == Tensor([1.5, 5]))
        relu(x.value).backward(gradient)
        #expect(x.gradient == Tensor([1.5, 10]))
        #expect(gradient == Tensor([3, 5]))
    }

    @Test("a negative slope of leakyRelu, which turns signs around, has the right derivative")
    func negativeSlope() {
        let x = Variable(Tensor([-1, 2]))
        leakyRelu(x.value, slope: -0.5).sum().backward()
        #expect(x.gradient == Tensor([-0.5, 1]))
    }
}
