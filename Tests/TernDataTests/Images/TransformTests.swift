import TernCore
import TernData
import TernTestSupport
import TernTesting
import Testing

@Suite struct TransformTests {
    static func goldens() throws -> GoldenFile {
        try GoldenFile("../Goldens/images.safetensors", madeBy: "python3 make_images.py")
    }

    @Test("transforms are those of torchvision, for batches and single images", arguments: TransformCase.all)
    func torchvision(transform: TransformCase) throws {
        let goldens = try Self.goldens()
        for type in ["u8", "f64"] {
            let x = try goldens.tensor("\(type)/x")
            let expected = try goldens.tensor("\(type)/\(transform)")
            let steps = Tolerance(relative: 0, absolute: transform.steps)
            let tolerance = expected.dtype == .uint8 ? steps : Tolerance.of(expected.dtype)
            let result = transform.call(x)
            #expect(result.dtype == expected.dtype)
            try requireClose(type == "u8" ? result : result[1], expected, tolerance: tolerance)
            #expect(transform.call(x[1]) == result[1])
            // Not contiguous.
            let turned = x.transposed(0, 1).contiguous().transposed(0, 1)
            #expect(transform.call(turned) == result)
        }
    }

    @Test("float32 and halves are what float64 is, in fewer bits", arguments: TransformCase.all)
    func types(transform: TransformCase) throws {
        let x = try Self.goldens().tensor("f64/x")
        for type in [DType.float32, .float16, .bfloat16] {
            let result = transform.call(x.converted(to: type))
            #expect(result.dtype == type)
            let exact = transform.call(x.converted(to: type).converted(to: .float64))
            try requireClose(result, exact, tolerance: Tolerance.of(type).times(4).atSize(of: exact))
        }
    }

    @Test("no images, and the same bits for any number of threads", arguments: TransformCase.all)
    func threads(transform: TransformCase) throws {
        let x = try Self.goldens().tensor("u8/x")
        #expect(transform.call(x[0..<0]).shape[0] == 0)
        let many = x.tiled([4, 1, 1, 1])
        var results: [Tensor] = []
        withThreadCounts { _ in results.append(transform.call(many)) }
        for result in results { #expect(hasSameBits(result, results[0])) }
    }
}
