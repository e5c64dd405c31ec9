import TernCore

/// What was checked, and what was wrong.
enum Checks {
    nonisolated(unsafe) static var count = 0
    nonisolated(unsafe) static var failures: [String] = []

    static func expect(_ isRight: Bool, _ message: @autoclosure () -> String) {
        count += 1
        if !isRight { failures.append(message()) }
    }

    /// The same type, shape and bits, but for those of NaN.
    static func expectSame(_ found: Tensor, _ expected: Tensor, _ message: @autoclosure () -> String) {
        let isSame =
            found.dtype == expected.dtype && found.shape == expected.shape
            && found.withUnsafeBytes { found in expected.withUnsafeBytes { found.elementsEqual($0) } }
        expect(
            isSame,
            "\(message()): expected \(expected.dtype) \(expected.shape) \(expected), got \(found.dtype) \(found.shape) \(found)"
        )
    }
}
