import Tern

/// Examples with labels.
package typealias Examples = SubsetDataset<TensorDataset<(Tensor, Tensor)>>

/// MNIST from a folder, or the embedded digits without one: images uint8 [N, 1, 28, 28] and labels.
///
/// - Parameter count: how many pictures to train with, at most; 0 for all.
package func loadDigits(_ folder: String?, examples count: Int) throws -> (train: Examples, test: Examples) {
    if let folder {
        let mnist = try MNIST(contentsOf: folder)
        return (mnist.train.prefix(count == 0 ? .max : count), mnist.test.prefix(.max))
    }
    print("digits that this program draws; --data takes MNIST's")
    // Drawing takes time.
    let digits = count == 0 ? SyntheticDigits() : SyntheticDigits(trainCount: count, testCount: min(count, 10_000))
    return (digits.train.prefix(.max), digits.test.prefix(.max))
}

/// CIFAR-10 from a folder or an archive, or pictures that a program draws without one: images uint8 [N, 3, 32, 32] and labels of ten classes.
///
/// - Parameter count: how many pictures to train with, and to test with, at most; 0 for all.
package func loadPictures(_ folder: String?, examples count: Int) throws -> (train: Examples, test: Examples) {
    let limit = count == 0 ? .max : count
    if let folder {
        let cifar = try CIFAR10(contentsOf: folder)
        return (cifar.train.prefix(limit), cifar.test.prefix(limit))
    }
    print("pictures that this program draws; --data takes CIFAR-10's")
    let pictures = SyntheticPictures(trainCount: min(limit, 50_000), testCount: min(limit, 10_000))
    return (pictures.train.prefix(.max), pictures.test.prefix(.max))
}
