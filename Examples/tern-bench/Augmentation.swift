import Foundation
import Tern

/// What `augmentation_python.py` times in torchvision and Keras by the same names: a batch of 128 pictures of bytes, as CIFAR
/// has them, each of which is changed in its own way.
private func pipelines() -> [(name: String, apply: (Tensor) -> Tensor)] {
    let generator = ImageDataGenerator(rotationRange: 15, widthShiftRange: 0.1, heightShiftRange: 0.1)
    return [
        (
            "crop, flip, normalize",
            { x in
                normalized(
                    randomHorizontalFlip(randomCrop(x, size: 32, padding: 4)), mean: [0.4914, 0.4822, 0.4465],
                    standardDeviation: [0.247, 0.2435, 0.2616])
            }
        ),
        (
            "color jitter",
            {
                colorJitter(
                    $0, brightness: 0.6...1.4, contrast: 0.6...1.4, saturation: 0.6...1.4, hue: -0.1...0.1)
            }
        ),
        ("RandAugment", { randAugment($0) }),
        ("rotation and shift", { generator.augmented($0) }),
    ]
}

/// Images a second of usual augmentations. The same in torchvision and Keras, and a table of the three:
/// `python Examples/tern-bench/augmentation_python.py --beside .build/release/tern-bench`.
func timeAugmentation(json: Bool) {
    Tern.seed(0)
    let images = Tensor.randomIntegers([128, 3, 32, 32], in: 0..<256).converted(to: .uint8)
    for (name, apply) in pipelines() {
        let once = seconds { _ = apply(images) }
        let time = nanoseconds(rounds: 15, calls: max(1, Int(0.03 / once))) { _ = apply(images) }
        let rate = Int((128e9 / time).rounded())
        if json {
            print("{\"function\": \"\(name)\", \"images\": \(rate)}")
        } else {
            print(name.padding(toLength: 24, withPad: " ", startingAt: 0) + "\(rate) images/s")
        }
    }
}
