import BilinearPooling
import TernCore
import TernNN
import Testing

@Suite("Bilinear pooling")
struct BilinearPoolingTests {
    @Test("adds up the products of all pairs of channels over the positions")
    func products() {
        let x = Tensor([[[[1, 2]], [[3, -4]]]], dtype: .float64)
        let pooled = BilinearPooling(isNormalized: false)(x)
        #expect(pooled == Tensor([[2.5, -2.5, -2.5, 12.5]], dtype: .float64))
        let y = Tensor([[[[2, 0]]]], dtype: .float64)
        #expect(BilinearPooling(isNormalized: false)(x: x, y: y) == Tensor([[1, 3]], dtype: .float64))
    }

    @Test("takes signed roots, and gives vectors of length 1")
    func normalized() {
        let x = Tensor([[[[1, 2]], [[3, -4]]]], dtype: .float64)
        let roots = [2.5, -2.5, -2.5, 12.5].map { $0 < 0 ? -(-$0).squareRoot() : $0.squareRoot() }
        let length = roots.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let expected = Tensor([roots.map { $0 / length }])
        #expect(BilinearPooling()(x).allClose(to: expected))
    }

    @Test("has the derivatives that differences give, and finite ones where features do not occur")
    func gradients() throws {
        let pooling = BilinearPooling()
        let (x, y) = (Tensor.normal([2, 3, 2, 2], dtype: .float64), Tensor.normal([2, 2, 2, 2], dtype: .float64))
        try checkGradient({ pooling(x: $0[0], y: $0[1]) }, at: [x, y])
        try checkSecondGradient({ pooling(x: $0[0], y: $0[1]) }, at: [x, y])
        let weight = Variable(Tensor.zeros([1, 2, 3, 3]))
        pooling(weight.value).sum().backward()
        let values = weight.gradient!.array(of: Float.self)
        #expect(values.filter { !$0.isFinite }.isEmpty)
    }

    @Test("prints its settings, and is one module of a captured graph")
    func printed() {
        #expect(BilinearPooling().description == "BilinearPooling(eps=1e-12)")
        #expect(BilinearPooling(isNormalized: false).description == "BilinearPooling(normalized=False)")
        let graph = captureGraph(of: BilinearPooling(), .init(Tensor.zeros([1, 2, 3, 3])))
        #expect(graph.description.contains("matmul"))
    }

    @Test("inputs of different sizes stop with both shapes")
    func sizes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = BilinearPooling()(x: Tensor.zeros([1, 2, 3, 3]), y: Tensor.zeros([1, 2, 3, 4]))
        }
        let text = result.map { String(decoding: $0.standardErrorContent, as: UTF8.self) } ?? ""
        #expect(text.contains("expects inputs [N, C, H, W] and [N, D, H, W], got [1, 2, 3, 3] and [1, 2, 3, 4]"))
    }
}
