import TernCore

/// What a value may differ in from the expected one: `|actual - expected| <= absolute + relative * |expected|`.
///
/// ```swift
/// Tolerance.of(.float32)   // 1e-05 + 1.3e-06 * |expected|
/// ```
public struct Tolerance: Sendable, Hashable, CustomStringConvertible {
    /// As a share of what is expected.
    public var relative: Double
    /// What decides near 0.
    public var absolute: Double

    /// - Parameters:
    ///   - relative: as a share of what is expected.
    ///   - absolute: what decides near 0.
    public init(relative: Double, absolute: Double) {
        self.relative = relative
        self.absolute = absolute
    }

    /// That of a type, which is PyTorch's (`torch.testing.assert_close`): relative and absolute `1e-7` for `float64`, `1.3e-6` and
    /// `1e-5` for `float32`, `1e-3` and `1e-5` for `float16`, `1.6e-2` and `1e-5` for `bfloat16`. What is not floating-point must
    /// be equal.
    public static func of(_ dtype: DType) -> Tolerance {
        switch dtype {
        case .float64: Tolerance(relative: 1e-7, absolute: 1e-7)
        case .float32: Tolerance(relative: 1.3e-6, absolute: 1e-5)
        case .float16: Tolerance(relative: 1e-3, absolute: 1e-5)
        case .bfloat16: Tolerance(relative: 1.6e-2, absolute: 1e-5)
        default: Tolerance(relative: 0, absolute: 0)
        }
    }

    /// The tolerance for elements that are small beside others, because they are what is left of these: that of the largest.
    public func atSize(of tensor: Tensor) -> Tolerance {
        let largest = tensor.array(of: Double.self).filter(\.isFinite).map { Swift.abs($0) }.max() ?? 0
        return Tolerance(relative: relative, absolute: absolute + relative * largest)
    }

    /// So many times as much.
    public func times(_ factor: Double) -> Tolerance {
        Tolerance(relative: factor * relative, absolute: factor * absolute)
    }

    public var description: String { "\(absolute) + \(relative) * |expected|" }
}

/// Where two tensors differ, as ``requireClose(_:_:tolerance:nanIsEqual:)`` tells.
///
/// ```
/// at [1, 0], got 0.3, expected 0.25: 0.05 apart, tolerated is 1e-05 + 1.3e-06 * |expected|; 2 of 6 elements differ, by 0.07 at most
/// ```
public struct Difference: Error, Sendable, Hashable, CustomStringConvertible {
    /// What differs.
    public enum Kind: Sendable, Hashable {
        /// The shapes differ.
        case shape(actual: Shape, expected: Shape)
        /// The first element that is too far from what is expected; `count` elements of `total` are, `worst` the farthest.
        case element(
            index: [Int], actual: Double, expected: Double, tolerance: Tolerance, count: Int, total: Int, worst: Double)
    }
    /// What differs.
    public var kind: Kind

    public var description: String {
        switch kind {
        case .shape(let actual, let expected): return "got shape \(actual), expected \(expected)"
        case .element(let index, let actual, let expected, let tolerance, let count, let total, let worst):
            let place = index.isEmpty ? "" : "at \(index), "
            let exact = tolerance == Tolerance(relative: 0, absolute: 0)
            let allowed = exact ? "must be equal" : "\(Swift.abs(actual - expected)) apart, tolerated is \(tolerance)"
            let others = count == 1 ? "" : "; \(count) of \(total) elements differ, by \(worst) at most"
            return "\(place)got \(actual), expected \(expected): \(allowed)\(others)"
        }
    }
}

/// Whether two tensors have the same shape and, within a tolerance, the same values.
///
/// - Parameters:
///   - actual: what was computed.
///   - expected: what is right.
///   - tolerance: that of the less exact of the two types, unless given.
///   - nanIsEqual: whether NaN is what is wanted where NaN is expected. By default it equals nothing.
public func isClose(
    _ actual: Tensor, _ expected: Tensor, tolerance: Tolerance? = nil, nanIsEqual: Bool = false
) -> Bool {
    firstDifference(actual, expected, tolerance: tolerance, nanIsEqual: nanIsEqual) == nil
}

/// Throws unless two tensors have the same shape and, within a tolerance, the same values: PyTorch's
/// `torch.testing.assert_close`, but types may differ.
///
/// ```swift
/// try requireClose(layer(x), [[0.25, 0.5]])
/// ```
///
/// - Parameters:
///   - actual: what was computed.
///   - expected: what is right.
///   - tolerance: see ``isClose(_:_:tolerance:nanIsEqual:)``.
///   - nanIsEqual: see there.
/// - Throws: ``Difference``, with the first wrong element, both values and the tolerance.
public func requireClose(
    _ actual: Tensor, _ expected: Tensor, tolerance: Tolerance? = nil, nanIsEqual: Bool = false
) throws(Difference) {
    if let wrong = firstDifference(actual, expected, tolerance: tolerance, nanIsEqual: nanIsEqual) { throw wrong }
}

/// What ``requireClose(_:_:tolerance:nanIsEqual:)`` throws, or `nil`.
///
/// - Parameter exact: values that may be met more closely instead.
package func firstDifference(
    _ actual: Tensor, _ expected: Tensor, tolerance: Tolerance? = nil, nanIsEqual: Bool = false,
    unlessNearerTo exact: Tensor? = nil
) -> Difference? {
    if actual.shape != expected.shape {
        return Difference(kind: .shape(actual: actual.shape, expected: expected.shape))
    }
    let tolerance = tolerance ?? coarser(actual.dtype, expected.dtype)
    let (a, e) = (actual.array(of: Double.self), expected.array(of: Double.self))
    let exact = exact?.array(of: Double.self)
    var first: Int?
    var (count, worst) = (0, 0.0)
    for index in a.indices where a[index] != e[index] && !(nanIsEqual && a[index].isNaN && e[index].isNaN) {
        let distance = Swift.abs(a[index] - e[index])
        if distance <= tolerance.absolute + tolerance.relative * Swift.abs(e[index]), e[index].isFinite { continue }
        if let exact, Swift.abs(a[index] - exact[index]) <= Swift.abs(e[index] - exact[index]) { continue }
        if first == nil { first = index }
        count += 1
        if !(distance <= worst) { worst = distance }
    }
    guard let first else { return nil }
    return Difference(
        kind: .element(
            index: expected.shape.index(ofElement: first), actual: a[first], expected: e[first], tolerance: tolerance,
            count: count, total: a.count, worst: worst))
}

/// Integers beside floats are compared as floats.
private func coarser(_ first: DType, _ second: DType) -> Tolerance {
    if !first.isFloatingPoint { return .of(second) }
    if !second.isFloatingPoint { return .of(first) }
    let (a, b) = (Tolerance.of(first), Tolerance.of(second))
    return a.relative > b.relative ? a : b
}

/// Whether all bits are the same, those of NaN included, and the types and shapes.
public func hasSameBits(_ first: Tensor, _ second: Tensor) -> Bool {
    first.shape == second.shape && first.dtype == second.dtype
        && first.withUnsafeBytes { a in second.withUnsafeBytes { b in a.elementsEqual(b) } }
}

extension Shape {
    /// The indices of an element counted in row-major order.
    func index(ofElement element: Int) -> [Int] {
        var rest = element
        return reversed().map { size in
            defer { rest /= size }
            return rest % size
        }.reversed()
    }
}
