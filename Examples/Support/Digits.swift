import Tern

/// Pictures of digits and their labels.
package typealias Digits = TensorDataset<(Tensor, Tensor)>

/// MNIST from a folder, or the embedded digits without one.
package func loadDigits(_ folder: String?) throws -> (train: Digits, test: Digits) {
    if let folder {
        let mnist = try MNIST(contentsOf: folder)
        return (mnist.train, mnist.test)
    }
    let digits = SyntheticDigits()
    return (digits.train, digits.test)
}
