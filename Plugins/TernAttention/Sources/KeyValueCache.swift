import TernCore

/// The keys and values of the positions that a decoder has seen, so that the next position costs one step and not all over
/// again. Belongs to one sequence, or one batch of them; without gradients.
public final class KeyValueCache {
    /// As many positions as there is memory for.
    public let capacity: Int
    /// As many as there are.
    public internal(set) var count = 0
    private var layers: [(keys: Tensor, values: Tensor)] = []

    /// - Parameter capacity: the most positions that it can hold.
    public init(capacity: Int) {
        if capacity < 1 { mistake("KeyValueCache", "capacity must be positive, got \(capacity)") }
        self.capacity = capacity
    }

    /// Forgets all positions.
    public func reset() {
        count = 0
        layers = []
    }

    /// Takes up the keys and values [N, H, L, D] of the next `L` positions of a layer; gives those of all.
    func extend(_ layer: Int, _ keys: Tensor, _ values: Tensor) -> (keys: Tensor, values: Tensor) {
        let end = count + keys.shape[2]
        if end > capacity {
            mistake("KeyValueCache", "has room for \(capacity) positions, got \(end): make a larger one, or reset it")
        }
        if layer == layers.count {
            func memory(_ x: Tensor) -> Tensor {
                Tensor.zeros([x.shape[0], x.shape[1], capacity, x.shape[3]], dtype: x.dtype)
            }
            layers.append((memory(keys), memory(values)))
        }
        // Written in place: nothing else refers to the memory any more.
        layers[layer].keys[.all, .all, count..<end] = keys.detached
        layers[layer].values[.all, .all, count..<end] = values.detached
        return (layers[layer].keys[.all, .all, 0..<end], layers[layer].values[.all, .all, 0..<end])
    }
}
