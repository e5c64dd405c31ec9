import TernCore
import TernTestSupport
import Testing

@Suite("Tensors of nested arrays")
struct NestedArrayTests {
    @Test("of every rank, of variables too")
    func everyRank() {
        #expect(Tensor([[[[1, 2]]]]).shape == [1, 1, 1, 2] && Tensor([[[[1, 2]]]]).dtype == .float32)
        #expect(Tensor([[[[[[[[1.5, 2]]]]]]]]).shape == [1, 1, 1, 1, 1, 1, 1, 2])
        #expect(Tensor([[[[[[[[1.5, 2]]]]]]]]).dtype == .float32)
        let numbers: [[[[Double]]]] = [[[[1, 2], [3, 4]]], [[[5, 6], [7, 8]]]]
        #expect(Tensor(numbers) == Tensor.arange(1.0, 9, dtype: .float64).reshaped([2, 1, 2, 2]))
        let integers = [[1, 2], [3, 4]]
        #expect(Tensor(integers).dtype == .int64 && Tensor(integers, dtype: .uint8).dtype == .uint8)
        #expect(Tensor([[true, false]]).dtype == .bool && Tensor([true]).dtype == .bool)
        #expect(Tensor([[[true]], [[false]]]).shape == [2, 1, 1])
        #expect(Tensor([1, 2.5]).dtype == .float32 && Tensor([[1, 2.5]]) == [[1, 2.5]])
        #expect(Tensor([[0, 2]], dtype: .int64).dtype == .int64)
        #expect(Tensor([[0, 2.5]], dtype: .float64).array(of: Double.self) == [0, 2.5])
        #expect(Tensor([[1, .nan]], dtype: .float16).shape == [1, 2])
        #expect(Tensor([(1 << 53) + 1], dtype: .int64).item(as: Int.self) == (1 << 53) + 1)
        #expect(Tensor([[[Int]]]()).shape == [0, 0, 0] && Tensor([], dtype: .int32).shape == [0])
    }

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

    @Test("literals of numbers and of bools are tensors by themselves")
    func literals() {
        let x: Tensor = [[[[1, 2.5]]]]
        let y: Tensor = [[true, false], [false, true]]
        #expect(x.shape == [1, 1, 1, 2] && x.dtype == .float32)
        #expect(y.shape == [2, 2] && y.dtype == .bool && y.array(of: Bool.self) == [true, false, false, true])
    }

    @Test("matrices of other shapes stop")
    func ragged() async {
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let _: Tensor = [1, true]
        }.expectMessage("Tensor: expects numbers, or true and false, in a literal, got both")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([[1, 2], [3]])
        }.expectMessage("Tensor: expects arrays of equal shapes, got [2] first and [1] at index 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([[[1, 2]], [[1, 2], [3, 4]]])
        }.expectMessage("Tensor: expects arrays of equal shapes, got [1, 2] first and [2, 2] at index 1")
        await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor([[[1, 2]], [[1, 2, 3]]])
        }.expectMessage("Tensor: expects arrays of equal shapes, got [1, 2] first and [1, 3] at index 1")
    }
}
