import TernCore

/// Windows over a long row of tokens: what a language model reads, and what it shall say, the same shifted by one.
///
/// ```swift
/// let windows = WindowDataset(tokens, length: 64)
/// let (inputs, targets) = windows.element(at: 10)     // tokens 10 ..< 74 and 11 ..< 75
/// let loader = windows.sampled(12 * 2000, seed: 1).batched(12)        // as nanoGPT does: 2,000 batches at random places
/// let validation = WindowDataset(rest, length: 64, stride: 64).batched(12)        // each token once, in order
/// ```
///
/// Batches are two tensors `[N, length]` of the tokens' type. `shuffled(seed:)` visits each window once in an epoch,
/// `sampled(_:by:seed:)` takes some with replacement.
public struct WindowDataset: Dataset {
    public typealias Batch = (Tensor, Tensor)
    /// All tokens, integers `[T]`.
    public let tokens: Tensor
    /// The tokens of a window.
    public let length: Int
    /// From the beginning of one window to that of the next.
    public let stride: Int
    /// How many windows, each with the token behind it, there are: `(T - length - 1) / stride + 1`, or 0.
    public let count: Int

    /// - Parameters:
    ///   - tokens: integers `[T]`.
    ///   - length: of the windows, in tokens.
    ///   - stride: 1, each window that there is; or `length`, windows that do not overlap.
    public init(_ tokens: Tensor, length: Int, stride: Int = 1) {
        if tokens.rank != 1 || !tokens.dtype.isInteger {
            mistake("WindowDataset", "expects integer tokens [T], got \(tokens.dtype) \(tokens.shape)")
        }
        if length < 1 { mistake("WindowDataset", "expects a length of at least 1, got \(length)") }
        if stride < 1 { mistake("WindowDataset", "expects a stride of at least 1, got \(stride)") }
        self.tokens = tokens.contiguous()
        (self.length, self.stride) = (length, stride)
        count = tokens.count > length ? (tokens.count - length - 1) / stride + 1 : 0
    }

    public func element(at index: Int) -> (Tensor, Tensor) {
        (windows([index], shift: 0, shape: [length]), windows([index], shift: 1, shape: [length]))
    }

    public func batch(at indices: ArraySlice<Int>) -> (Tensor, Tensor) {
        let shape: Shape = [indices.count, length]
        return (windows(indices, shift: 0, shape: shape), windows(indices, shift: 1, shape: shape))
    }

    private func windows(_ indices: ArraySlice<Int>, shift: Int, shape: Shape) -> Tensor {
        let tokenSize = tokens.dtype.byteCount
        return tokens.withUnsafeBytes { source in
            Tensor(shape: shape, dtype: tokens.dtype) { bytes in
                guard let from = source.baseAddress, var to = bytes.baseAddress else { return }
                for index in indices {
                    checkIndex(index, "WindowDataset")
                    to.copyMemory(from: from + (index * stride + shift) * tokenSize, byteCount: length * tokenSize)
                    to += length * tokenSize
                }
            }
        }
    }
}
