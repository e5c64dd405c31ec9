import Foundation
import Tern

/// The cases of files in Tests/Goldens: named groups of tensors, see `golden.py` there for what their names mean.
struct Goldens: Sendable {
    let cases: [String: [String: Tensor]]

    /// - Parameter names: of the files, without their extension. Their cases have different names.
    init(_ names: String...) {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        var cases: [String: [String: Tensor]] = [:]
        do {
            for file in names {
                let path = folder.appendingPathComponent("Goldens/\(file).safetensors").path
                var own: [String: [String: Tensor]] = [:]
                for (name, tensor) in try SafetensorsFile(contentsOf: path).tensors() {
                    let parts = name.split(separator: "/", maxSplits: 1)
                    own[String(parts[0]), default: [:]][String(parts[1])] = tensor
                }
                cases.merge(own) { _, _ in fatalError("\(file).safetensors has a case that another file has") }
            }
        } catch {
            fatalError("\(error)")
        }
        self.cases = cases
    }

    /// The tensors `prefix0`, `prefix1`, ... of a case.
    func list(_ name: String, _ prefix: String) -> [Tensor] {
        let group = cases[name] ?? [:]
        return (0..<group.count).prefix { group["\(prefix)\($0)"] != nil }.map { group["\(prefix)\($0)"]! }
    }
}

/// What a value may differ in from the expected one: `|actual - expected| <= absolute + relative * |expected|`. No case
/// needs more than the tolerance of its type: the worst in float32 uses half of it, in float64 a fiftieth.
struct Tolerance {
    let relative, absolute: Double

    /// The tolerance for elements that are small beside others: that of the largest.
    func atSize(of tensor: Tensor) -> Tolerance {
        let largest = tensor.array(of: Double.self).filter(\.isFinite).map { abs($0) }.max() ?? 0
        return Tolerance(relative: relative, absolute: absolute + relative * largest)
    }

    /// The tolerance of a type; what is not floating-point must be equal.
    static func of(_ dtype: DType) -> Tolerance {
        switch dtype {
        case .float64: Tolerance(relative: 1e-7, absolute: 1e-7)
        case .float32: Tolerance(relative: 1.3e-6, absolute: 1e-5)
        case .float16: Tolerance(relative: 1e-3, absolute: 1e-5)
        case .bfloat16: Tolerance(relative: 1.6e-2, absolute: 1e-5)
        default: Tolerance(relative: 0, absolute: 0)
        }
    }
}

/// What is wrong with `actual`, or nil. NaN must stand where NaN is expected, and nowhere else.
///
/// - Parameter exact: values that may be met more closely instead.
func difference(
    _ actual: Tensor, _ expected: Tensor, _ tolerance: Tolerance, unlessNearerTo exact: Tensor? = nil
) -> String? {
    if actual.shape != expected.shape { return "shape \(actual.shape), expected \(expected.shape)" }
    let (a, e) = (actual.array(of: Double.self), expected.array(of: Double.self))
    let exact = exact?.array(of: Double.self)
    var worst: (index: Int, excess: Double)?
    for index in a.indices where a[index] != e[index] && !(a[index].isNaN && e[index].isNaN) {
        let excess = abs(a[index] - e[index]) / (tolerance.absolute + tolerance.relative * abs(e[index]))
        if excess <= 1 { continue }
        if let exact, abs(a[index] - exact[index]) <= abs(e[index] - exact[index]) { continue }
        if worst == nil || !(excess <= worst!.excess) { worst = (index, excess) }
    }
    return worst.map {
        "element \($0.index) of \(actual.shape) is \(a[$0.index]), expected \(e[$0.index]): "
            + "\($0.excess) times the tolerance"
    }
}
