import TernCore
import TernLosses
import Testing

@Suite("Autocast")
struct AutocastTests {
    @Test("products and convolutions are computed on halves, losses in float32", arguments: [DType.bfloat16, .float16])
    func types(type: DType) {
        let x = Tensor.ones([2, 3])
        let weight = Variable(Tensor.ones([4, 3]))
        autocast(type) {
            let y = linear(x, weight.value)
            #expect(y.dtype == type && matmul(x, x.T).dtype == type)
            #expect(conv2d(Tensor.ones([1, 1, 3, 3]), Tensor.ones([1, 1, 2, 2])).dtype == type)
            #expect(crossEntropy(y, Tensor([0, 1], dtype: .int64)).dtype == .float32)
            #expect(mseLoss(y, y).dtype == .float32 && binaryCrossEntropy(sigmoid(y), sigmoid(y)).dtype == .float32)
            #expect(relu(y).dtype == type && y.mean().dtype == .float32)
            #expect(linear(x.converted(to: .float64), weight.value.converted(to: .float64)).dtype == .float64)
            autocast(type, isEnabled: false) { #expect(linear(x, weight.value).dtype == .float32) }
            crossEntropy(y, Tensor([0, 1], dtype: .int64)).backward()
        }
        #expect(weight.gradient?.dtype == .float32)
        #expect(linear(x, weight.value).dtype == .float32)
    }

    @Test("gradients of gradients go through it")
    func secondOrder() {
        let gradient = autocast {
            hvp(at: Tensor([1, 2]), vector: Tensor([1, 0])) { (matmul($0, $0) * matmul($0, $0)).sum() }
        }
        // f = (x.x)^2: the Hessian is 8 x x^T + 4 (x.x) 1.
        #expect(gradient == Tensor([28, 16]))
    }
}
