import TernCore

/// Tensors whose first axis counts examples: example `i` is row `i` of each.
///
/// ```swift
/// let dataset = TensorDataset(images, labels)     // [N, 1, 28, 28] and [N]
/// let (image, label) = dataset.element(at: 0)     // [1, 28, 28] and []
/// let (pixels, digits) = dataset.tensors          // those that it was made from
/// ```
public struct TensorDataset<Element>: Dataset {
    public typealias Batch = Element
    public let count: Int
    public let classNames: [String]

    private let columns: [Tensor]
    private let assemble: @Sendable ([Tensor]) -> Element
    private let takeApart: @Sendable (Element) -> [Tensor]

    /// Examples of one tensor.
    public init(_ inputs: Tensor) where Element == Tensor {
        self.init(columns: [inputs], classNames: [], assemble: { $0[0] }, takeApart: { [$0] })
    }

    /// Examples of two, as inputs and targets.
    ///
    /// - Parameters:
    ///   - inputs: [N, ...].
    ///   - targets: [N, ...].
    ///   - classNames: what the targets stand for, if they are classes.
    public init(_ inputs: Tensor, _ targets: Tensor, classNames: [String] = []) where Element == (Tensor, Tensor) {
        self.init(
            columns: [inputs, targets], classNames: classNames, assemble: { ($0[0], $0[1]) },
            takeApart: { [$0.0, $0.1] })
    }

    /// Examples of three.
    ///
    /// - Parameters:
    ///   - first: [N, ...].
    ///   - second: [N, ...].
    ///   - third: [N, ...].
    ///   - classNames: what the second tensor's numbers stand for, if they are classes.
    public init(_ first: Tensor, _ second: Tensor, _ third: Tensor, classNames: [String] = [])
    where Element == (Tensor, Tensor, Tensor) {
        self.init(
            columns: [first, second, third], classNames: classNames, assemble: { ($0[0], $0[1], $0[2]) },
            takeApart: { [$0.0, $0.1, $0.2] })
    }

    private init(
        columns: [Tensor], classNames: [String], assemble: @escaping @Sendable ([Tensor]) -> Element,
        takeApart: @escaping @Sendable (Element) -> [Tensor]
    ) {
        guard columns.allSatisfy({ $0.rank >= 1 && $0.shape[0] == columns[0].shape[0] }) else {
            let shapes = columns.map { "\($0.shape)" }.joined(separator: " and ")
            mistake("TensorDataset", "expects tensors with a common first axis, got the shapes \(shapes)")
        }
        count = columns[0].shape[0]
        self.classNames = classNames
        self.columns = columns.map { $0.contiguous() }
        self.assemble = assemble
        self.takeApart = takeApart
    }

    /// The tensors with all examples.
    public var tensors: Element { assemble(columns) }

    public func element(at index: Int) -> Element {
        assemble(columns.map { rows($0, [index], shape: Array($0.shape.dropFirst())) })
    }

    public func batch(at indices: ArraySlice<Int>) -> Element {
        assemble(columns.map { rows($0, indices, shape: [indices.count] + $0.shape.dropFirst()) })
    }

    public func batch(of elements: [Element]) -> Element {
        let rows = elements.map(takeApart)
        return assemble(columns.indices.map { column in collated(rows.map { $0[column] }) })
    }

    /// Copies of rows, one after the other: a row is contiguous, so each is one move of memory whatever the type.
    private func rows(_ column: Tensor, _ indices: ArraySlice<Int>, shape: [Int]) -> Tensor {
        column.withUnsafeBytes { source in
            Tensor(shape: Shape(shape), dtype: column.dtype) { bytes in
                guard let from = source.baseAddress, var to = bytes.baseAddress else { return }
                let size = bytes.count / max(indices.count, 1)
                for index in indices {
                    checkIndex(index, "TensorDataset")
                    to.copyMemory(from: from + index * size, byteCount: size)
                    to += size
                }
            }
        }
    }
}

extension TensorDataset: ClassifiedDataset {
    /// The second tensor, which must have integers of shape [N].
    public var labels: [Int] {
        guard columns.count > 1, columns[1].dtype.isInteger, columns[1].rank == 1 else {
            let found = columns.map { "\($0.dtype) \($0.shape)" }.joined(separator: ", ")
            mistake("TensorDataset.labels", "expects integers [N] as second tensor, got \(found)")
        }
        return columns[1].array(of: Int.self)
    }
}
