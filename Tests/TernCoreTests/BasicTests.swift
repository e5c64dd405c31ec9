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
