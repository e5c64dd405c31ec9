import Tern

/// Pictures of digits and their labels.
package typealias Digits = TensorDataset<(Tensor, Tensor)>

/// MNIST from a folder, or the embedded digits without one.
///
/// - Parameter examples: how many pictures to train with, at most.
package func loadDigits(_ folder: String?, examples: Int? = nil) throws -> (train: Digits, test: Digits) {
    if let folder {
        let mnist = try MNIST(contentsOf: folder)
        let count = min(examples ?? .max, mnist.train.count)
        if count == mnist.train.count { return (mnist.train, mnist.test) }
        let (images, labels) = mnist.train.batch(at: Array(0..<count)[...])
        return (TensorDataset(images, labels), mnist.test)
    }
    let digits = examples.map { SyntheticDigits(trainCount: $0, testCount: min($0, 10_000)) } ?? SyntheticDigits()
    return (digits.train, digits.test)
}
