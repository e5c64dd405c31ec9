import TernCore
import TernTestSupport
import Testing

@Suite("Tensors of nested arrays")
struct NestedArrayTests {
    @Test("up to rank 3, of literals and of any scalar type")
    func ranks() {
        #expect(Tensor([[[1, 2], [3, 4], [5, 6]]]).shape == [1, 3, 2] && Tensor([[[1, 2]]]).dtype == .float32)
        #expect(
            Tensor([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]) == Tensor([1, 2, 3, 4, 5, 6, 7, 8]).reshaped([2, 2, 2]))
        #expect(Tensor([[[1.5]]] as [[[Double]]]).dtype == .float64)
        #expect(Tensor([[[1], [2]]] as [[[Int]]]).dtype == .int64)
        #expect(Tensor([[1, 2]]).shape == [1, 2] && Tensor([1]).shape == [1] && Tensor(1).shape == [])
        #expect(Tensor([[[Float]]]()).shape == [0, 0, 0])
        #expect(Tensor([[[]]] as [[[Float]]]).shape == [1, 1, 0])
    }

    @Test("matrices of other shapes stop")
    func ragged() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([[[1, 2]], [[1, 2], [3, 4]]])
        }.expectMessage("Tensor: expects matrices of equal shapes, got [1, 2] first and [2, 2] in matrix 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([[[1, 2]], [[1, 2, 3]]])
        }.expectMessage("Tensor: expects matrices of equal shapes, got [1, 2] first and [1, 3] in matrix 1")
    }
}
