import TernCore

/// Tensors whose first axis counts examples: example `i` is row `i` of each.
///
/// ```swift
/// let dataset = TensorDataset(images, labels)     // [N, 1, 28, 28] and [N]
/// let (image, label) = dataset.element(at: 0)     // [1, 28, 28] and []
/// ```
public struct TensorDataset<Element>: Dataset {
    public typealias Batch = Element
    public let count: Int

    private let columns: [Tensor]
    private let assemble: @Sendable ([Tensor]) -> Element

    /// Examples of one tensor.
    public init(_ inputs: Tensor) where Element == Tensor {
        self.init(columns: [inputs]) { $0[0] }
    }

    /// Examples of two, as inputs and targets.
    public init(_ inputs: Tensor, _ targets: Tensor) where Element == (Tensor, Tensor) {
        self.init(columns: [inputs, targets]) { ($0[0], $0[1]) }
    }

    /// Examples of three.
    public init(_ first: Tensor, _ second: Tensor, _ third: Tensor) where Element == (Tensor, Tensor, Tensor) {
        self.init(columns: [first, second, third]) { ($0[0], $0[1], $0[2]) }
    }

    private init(columns: [Tensor], assemble: @escaping @Sendable ([Tensor]) -> Element) {
        guard columns.allSatisfy({ $0.rank >= 1 && $0.shape[0] == columns[0].shape[0] }) else {
            let shapes = columns.map { "\($0.shape)" }.joined(separator: " and ")
            mistake("TensorDataset", "expects tensors with a common first axis, got the shapes \(shapes)")
        }
        count = columns[0].shape[0]
        self.columns = columns.map { $0.contiguous() }
        self.assemble = assemble
    }

    public func element(at index: Int) -> Element {
        assemble(columns.map { rows($0, [index], shape: Array($0.shape.dropFirst())) })
    }

    public func batch(at indices: ArraySlice<Int>) -> Element {
        assemble(columns.map { rows($0, indices, shape: [indices.count] + $0.shape.dropFirst()) })
    }

    /// Copies of rows, one after the other: a row is contiguous, so each is one move of memory whatever the type.
    private func rows(_ column: Tensor, _ indices: ArraySlice<Int>, shape: [Int]) -> Tensor {
        column.withUnsafeBytes { source in
            Tensor(shape: Shape(shape), dtype: column.dtype) { bytes in
                guard let from = source.baseAddress, var to = bytes.baseAddress else { return }
                let size = bytes.count / max(indices.count, 1)
                for index in indices {
                    if index < 0 || index >= count {
                        mistake("TensorDataset", "expects an index in 0..<\(count), got \(index)")
                    }
                    to.copyMemory(from: from + index * size, byteCount: size)
                    to += size
                }
            }
        }
    }
}
