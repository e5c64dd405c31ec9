import TernCore
import TernData
import Testing

@Suite struct DatasetTests {
    static let images = Tensor(shape: [5, 2, 3], values: (0..<30).map { UInt8($0) })
    static let labels = Tensor(shape: [5], values: [10, 11, 12, 13, 14] as [Int64])

    @Test("an example is a row of each tensor")
    func element() {
        let dataset = TensorDataset(Self.images, Self.labels)
        #expect(dataset.count == 5)
        let (image, label) = dataset.element(at: 3)
        #expect(image == Tensor(shape: [2, 3], values: (18..<24).map { UInt8($0) }))
        #expect(label == Tensor(shape: [], values: [13] as [Int64]))
    }

    @Test("a batch has the rows in the order of the indices, which can repeat")
    func batch() {
        let (images, labels) = TensorDataset(Self.images, Self.labels).batch(at: [4, 0, 4])
        #expect(images.shape == [3, 2, 3])
        #expect(images.array(of: UInt8.self) == [24, 25, 26, 27, 28, 29, 0, 1, 2, 3, 4, 5, 24, 25, 26, 27, 28, 29])
        #expect(labels == Tensor(shape: [3], values: [14, 10, 14] as [Int64]))
    }

    @Test("datasets of one and of three tensors, of rows without elements, and of no rows")
    func otherShapes() {
        #expect(TensorDataset(Self.labels).batch(at: [1, 2]) == Tensor(shape: [2], values: [11, 12] as [Int64]))
        let (_, b, c) = TensorDataset(Self.images, Self.labels, Self.labels).element(at: 1)
        #expect(b == c)
        #expect(TensorDataset(Tensor.zeros([3, 0])).batch(at: [2, 1]).shape == [2, 0])
        let empty = TensorDataset(Tensor.zeros([0, 4]))
        #expect(empty.count == 0)
        #expect(empty.batched(2).count == 0)
        #expect(Array(empty.batched(2)).isEmpty)
    }

    @Test("a view's rows are those of the view")
    func views() {
        let matrix: Tensor = [[1, 2, 3], [4, 5, 6]]
        #expect(TensorDataset(matrix.transposed(0, 1)).batch(at: [2, 0]) == [[3, 6], [1, 4]])
    }

    /// A dataset that a user writes: its examples are computed, and some cannot be.
    struct Squares: Dataset {
        typealias Batch = (Tensor, Tensor)
        struct Unreadable: Error, Equatable { let index: Int }
        let count = 10
        var unreadable: Int?

        func element(at index: Int) throws(Unreadable) -> (Tensor, Tensor) {
            if index == unreadable { throw Unreadable(index: index) }
            return (Tensor(Float(index)), Tensor([Float(index * index)]))
        }
    }

    @Test("a user's dataset of tensors is stacked, and its error ends the loop")
    func userDataset() throws {
        var squares: [[Float]] = []
        for batch in Squares().batched(4).results {
            let (roots, values) = try batch.get()
            #expect(values.shape == [roots.count, 1])
            squares.append(values.array(of: Float.self))
        }
        #expect(squares == [[0, 1, 4, 9], [16, 25, 36, 49], [64, 81]])

        let outcomes = Squares(unreadable: 5).batched(4).results.map { result in result.map { $0.0.count } }
        #expect(outcomes.count == 2)
        #expect(try outcomes[0].get() == 4)
        #expect(throws: Squares.Unreadable(index: 5)) { try outcomes[1].get() }
    }
}
