import TernCore
import TernTestSupport
import Testing

private let a = signedValues([3, 4])
private let b = signedValues([4, 2], seed: 2)
private let cube = signedValues([2, 3, 4], seed: 3)

@Suite("einsum and products over chosen axes")
struct EinsumTests {
    static let derivatives: [GradientCase] = [
        .init("einsum of matrices", [a, b]) { einsum("ij,jk->ik", $0[0], $0[1]) },
        .init("einsum transposed", [a, b]) { einsum("ij,jk->ki", $0[0], $0[1]) },
        .init("einsum batched", [cube, signedValues([2, 5, 4], seed: 4)]) { einsum("bid,bjd->bij", $0[0], $0[1]) },
        .init("einsum of three", [signedValues([3, 2]), a, signedValues([3, 2], seed: 5)]) {
            einsum("bi,bj,bk->ijk", $0[0], $0[1], $0[2])
        },
        .init("einsum of a diagonal", [signedValues([3, 3])]) { einsum("ii->i", $0[0]) },
        .init("einsum of a trace", [signedValues([3, 3])]) { einsum("ii", $0[0]) },
        .init("einsum of what is summed first", [a, b]) { einsum("ij,kl->il", $0[0], $0[1]) },
        .init("einsum that scales", [cube, signedValues([3])]) { einsum("bij,i->bij", $0[0], $0[1]) },
        .init("einsum that broadcasts", [signedValues([3, 1]), b]) { einsum("ij,jk->ik", $0[0], $0[1]) },
        .init("einsum over two axes", [cube, signedValues([4, 3, 2])]) { einsum("aij,jib->ab", $0[0], $0[1]) },
        .init("einsum of any axes", [cube, b]) { einsum("...ij,...jk->...ik", $0[0], $0[1]) },
        .init("tensordot", [cube, signedValues([3, 4, 2])]) { tensordot($0[0], $0[1]) },
        .init("tensordot of lists", [cube, signedValues([4, 2, 2])]) {
            tensordot($0[0], $0[1], axes: [0, 2], [1, 0])
        },
        .init("inner", [cube, a]) { inner($0[0], $0[1]) },
        .init("vecdot", [cube, a]) { vecdot($0[0], $0[1]) },
        .init("trace", [cube]) { $0[0].trace(offset: 1) },
    ]

    @Test("derivatives in every layout, and their derivatives", arguments: derivatives)
    func gradients(_ item: GradientCase) throws {
        for layout in Layout.allCases {
            let inputs = item.inputs.map { layout.apply(to: $0) }
            #expect(throws: Never.self, "\(layout)") { try checkGradient(item.function, at: inputs) }
        }
        try checkSecondGradient(item.function, at: item.inputs)
    }

    /// The operations that a body shows to a profiler.
    private func operations(_ body: () -> Tensor) -> [String] { Profile { _ = body() }.events.map(\.name).sorted() }

    @Test("what strides can say is not copied: a batched product is one operation")
    func viewsOnly() {
        let (x, y) = (numbers([2, 3, 4, 5]), numbers([2, 3, 6, 5], seed: 2))
        #expect(operations { einsum("bhid,bhjd->bhij", x, y) } == ["matmul"])
        #expect(operations { einsum("ij,jk->ik", a, b) } == ["matmul"])
        let (flipped, factor) = (numbers([4, 3]), numbers([2, 3]))
        #expect(operations { einsum("ji,jk->ik", flipped, b) } == ["matmul"])
        #expect(operations { einsum("bij,bi->bij", cube, factor) } == ["*", "reshaped"])
        let heads = einsum("bihd,bjhd->bhij", numbers([2, 4, 3, 5]), numbers([2, 6, 3, 5]))
        #expect(heads.shape == [2, 3, 4, 6])
        #expect(!operations { einsum("bihd,bjhd->bhij", x, x) }.contains("copied"))
    }

    @Test("operands are contracted in the order that takes the fewest multiplications")
    func order() {
        // From the left 2 * 60 * 200 * 60 and 60 * 60 * 200, from the right a hundredth of it.
        let operands = [numbers([60, 200]), numbers([200, 60]), numbers([60, 1]), numbers([1, 3])]
        let profile = Profile { _ = einsum("ab,bc,cd,de->ae", operands) }
        #expect(profile.flops == 2 * (200 * 60 + 60 * 200 + 60 * 3))
        let ten: [Tensor] = (0..<10).map { index in
            numbers(index % 2 == 0 ? [9, 2] : [2, 9], seed: UInt64(index))
        }
        let expected = ten.dropFirst().reduce(ten[0]) { matmul($0, $1) }
        #expect(einsum("ab,bc,cd,de,ef,fg,gh,hi,ij,jk->ak", ten).allClose(to: expected, relativeTolerance: 1e-4))
    }

    @Test("as many axes as a tensor can have, which a batch of matrices could not")
    func manyAxes() {
        let (x, y) = (numbers([2, 1, 2, 1, 2, 2, 2, 3]), numbers([2, 1, 2, 1, 2, 2, 2, 3], seed: 2))
        #expect(einsum("abcdefgh,abcdefgh->abcdefg", x, y).allClose(to: (x * y).sum(axes: -1)))
        #expect(einsum("abcdefgh,abcdefg->abcdefgh", x, y[..., 0]).allClose(to: x * y[..., ..<1]))
        #expect(einsum("abcdefgh,abcdefgh->", x, y).allClose(to: (x * y).sum()))
    }

    @Test("halves are rounded once, however many operands there are", arguments: [DType.float16, .bfloat16])
    func halves(dtype: DType) {
        let operands = (0..<4).map { numbers([5, 5], seed: UInt64($0)).converted(to: dtype) }
        let exact = einsum("ij,jk,kl,lm->im", operands.map { $0.converted(to: .float32) })
        #expect(einsum("ij,jk,kl,lm->im", operands) == exact.converted(to: dtype))
    }

    @Test("a mistake in an equation stops with the equation and the operands")
    func mistakes() async {
        expectMessage(
            "einsum: names 2 operands, got 1 (equation 'ij,jk->ik', operands [3, 4])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = einsum("ij,jk->ik", Tensor.zeros([3, 4]))
            })
        expectMessage(
            "einsum: 'j' is both 4 and 5 (equation 'ij,jk->ik', operands [3, 4], [5, 2])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = einsum("ij,jk->ik", Tensor.zeros([3, 4]), Tensor.zeros([5, 2]))
            })
        expectMessage(
            "einsum: 'ijk' has 3 axes, got [3, 4] (equation 'ijk->i', operands [3, 4])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = einsum("ijk->i", Tensor.zeros([3, 4]))
            })
        expectMessage(
            "einsum: 'z' is in no operand (equation 'ij->iz', operands [3, 4])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = einsum("ij->iz", Tensor.zeros([3, 4]))
            })
        expectMessage(
            "einsum: the result names an axis twice (equation 'ij->ii', operands [3, 4])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = einsum("ij->ii", Tensor.zeros([3, 4]))
            })
        expectMessage(
            "einsum: '1' is no letter (equation 'i1->i', operands [3, 4])",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = einsum("i1->i", Tensor.zeros([3, 4]))
            })
        expectMessage(
            "tensordot: cannot sum over axis 1 of shape [3, 4] and axis 0 of shape [5, 4]: the sizes differ",
            in: await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
                _ = tensordot(Tensor.zeros([3, 4]), Tensor.zeros([5, 4]), axes: 1)
            })
    }
}
