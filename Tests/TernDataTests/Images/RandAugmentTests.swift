import TernCore
import TernTesting
import Testing

@testable import TernData

@Suite struct RandAugmentTests {
    /// torchvision's names.
    static let names: [(RandAugmentOperation, String)] = [
        (.identity, "Identity"), (.shearX, "ShearX"), (.shearY, "ShearY"), (.translateX, "TranslateX"),
        (.translateY, "TranslateY"), (.rotate, "Rotate"), (.brightness, "Brightness"), (.color, "Color"),
        (.contrast, "Contrast"), (.sharpness, "Sharpness"), (.posterize, "Posterize"), (.solarize, "Solarize"),
        (.autoContrast, "AutoContrast"), (.equalize, "Equalize"),
    ]

    @Test("the operations are torchvision's", arguments: RandAugmentOperation.allCases)
    func operations(operation: RandAugmentOperation) throws {
        let goldens = try TransformTests.goldens()
        let name = try #require(Self.names.first { $0.0 == operation }?.1)
        for isNegative in operation.isSigned ? [false, true] : [false] {
            for type in ["u8", "f64"] {
                let x = try goldens.tensor("\(type)/x")
                let change = operation.change(17.0 / 30, isNegative: isNegative, ImageSizes(x, "test")) {
                    Warp(matrix: $0, isLinear: false, outside: .zeros)
                }
                let result = change.map { ImageChange.applied([[$0]], to: x, "test") } ?? x
                let expected = try goldens.tensor("\(type)/augment \(name)\(isNegative ? " back" : "")")
                if type == "u8" {
                    try requireClose(result, expected, tolerance: Tolerance(relative: 0, absolute: 1))
                } else {
                    // torchvision's magnitudes are float32.
                    try requireClose(result[1], expected, tolerance: Tolerance(relative: 1e-6, absolute: 1e-6))
                }
            }
        }
    }

    @Test("each image gets operations of its own, and every kind comes up")
    func variety() throws {
        let x = try TransformTests.goldens().tensor("u8/x")[0].expanded(to: [300, 3, 9, 11])
        let results = randAugment(x, operations: 1, magnitude: 20, generator: Generator(seed: 1))
        let kinds = Set(results.unstacked().map { $0.array(of: UInt8.self) })
        // 9 kinds that go two ways, and 5 that go one, of which automatic contrast and equalizing leave alone an image that is so
        // small and has black and white in it.
        #expect(kinds.count == 9 * 2 + 5 - 2)
        let mixed = randAugment(x, operations: 2, generator: Generator(seed: 1))
        #expect(Set(mixed.unstacked().map { $0.array(of: UInt8.self) }).count > 100)
        #expect(randAugment(x, operations: 0) == x)
    }
}
